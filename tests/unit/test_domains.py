"""The registered domain of a host: what somebody registered, not a page of theirs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domains import registered_domain


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("dinkes.palembang.go.id", "palembang.go.id"),
        ("palembang.go.id", "palembang.go.id"),
        ("go.id", "go.id"),
        ("m.kabar.contoh.id", "contoh.id"),
        ("sman1.sch.id", "sman1.sch.id"),
        ("www.sukamaju.desa.id", "sukamaju.desa.id"),
        ("toko.contoh.my.id", "contoh.my.id"),
        ("santri.alhikmah.ponpes.id", "alhikmah.ponpes.id"),
        ("news.contoh.com", "contoh.com"),
        ("a.contoh.com.my", "contoh.com.my"),
        ("a.contoh.co.uk", "contoh.co.uk"),
        ("a.b.contoh.io", "contoh.io"),
        ("a.net.info", "net.info"),
        ("192.168.1.10", "192.168.1.10"),
        ("localhost", "localhost"),
        ("_", "_"),
        ("", ""),
    ],
)
def test_registered_domain(host: str, domain: str) -> None:
    assert registered_domain(host) == domain


@given(st.lists(st.sampled_from(["a", "go", "id", "com", "uk", "1", "x-y"]), min_size=1))
def test_it_is_the_end_of_the_host_and_its_own_domain(labels: list[str]) -> None:
    host = ".".join(labels)
    domain = registered_domain(host)

    assert host == domain or host.endswith("." + domain)
    assert registered_domain(domain) == domain
