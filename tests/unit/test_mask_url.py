"""What is taken out of an address, and what still leads to the post."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.masking import mask_url
from tasks.masking.sites import SITES
from tasks.masking.urls import host_of

Growth = Callable[[Callable[[str], object], str], float]


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://x.com/warga9/status/123", "https://x.com/i/status/123"),
        ("https://mobile.twitter.com/warga9", "https://mobile.twitter.com/i"),
        ("https://x.com/i/status/123", "https://x.com/i/status/123"),
        ("https://x.com/search?q=from%3Awarga9", "https://x.com/search"),
        ("https://www.instagram.com/warga9/?igshid=1", "https://www.instagram.com/_/"),
        ("https://instagram.com/p/AbC/", "https://instagram.com/p/AbC/"),
        ("https://instagram.com/stories/warga9/12", "https://instagram.com/stories/_/12"),
        ("https://facebook.com/warga9/posts/12", "https://facebook.com/_/posts/12"),
        ("https://m.facebook.com/profile.php?id=12", "https://m.facebook.com/profile.php"),
        ("https://fb.com/people/Warga/12", "https://fb.com/people/_/_"),
        ("https://facebook.com/groups/lur/user/12", "https://facebook.com/groups/lur/user/_"),
        (
            "https://facebook.com/story.php?story_fbid=1&id=2",
            "https://facebook.com/story.php?story_fbid=1",
        ),
        ("https://www.tiktok.com/@warga9/video/1", "https://www.tiktok.com/_/video/1"),
        ("https://vt.tiktok.com/ZSabc/", "https://vt.tiktok.com/ZSabc/"),
        ("https://www.threads.net/@warga9/post/C1", "https://www.threads.net/_/post/C1"),
        ("https://threads.com/warga9", "https://threads.com/_"),
        ("https://youtube.com/@warga9/videos", "https://youtube.com/_/videos"),
        ("https://youtube.com/c/warga9", "https://youtube.com/c/_"),
        ("https://youtube.com/watch?si=a&amp;v=b", "https://youtube.com/watch?v=b"),
        ("https://t.me/warga9/5", "https://t.me/_/5"),
        ("https://t.me/s/warga9/5", "https://t.me/s/_/5"),
        ("https://id.linkedin.com/in/warga9/", "https://id.linkedin.com/in/_/"),
        ("https://linkedin.com/posts/warga9_teks-1", "https://linkedin.com/posts/_"),
        ("https://warga9:rahasia@contoh.id/a", "https://contoh.id/a"),
        ("https://x.com:443/warga9", "https://x.com:443/i"),
        ("HTTPS://X.COM/warga9", "HTTPS://X.COM/i"),
        ("https://social.example/@warga9/1", "https://social.example/_/1"),
        ("https://social.example/%40warga9/1", "https://social.example/_/1"),
        ("https://contoh.id/?u=warga%40contoh.id", "https://contoh.id/?u=_"),
        ("https://contoh.id/6281234567890", "https://contoh.id/_"),
        ("https://contoh.id/?nik=1671014507900003", "https://contoh.id/?nik=_"),
        ("https://notx.com/warga9", "https://notx.com/warga9"),
        ("https://berita.example/2024/05/12/083000578/a?page=2#k", None),
    ],
)
def test_accounts_are_taken_out(url: str, masked: str | None) -> None:
    assert mask_url(url) == (url if masked is None else masked)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://contoh.id/penulis/Warga9", "https://contoh.id/penulis/_"),
        ("https://contoh.id/%57arga9/1", "https://contoh.id/_/1"),
        ("https://contoh.id/cerita-warga9-1?a=warga9#warga9", "https://contoh.id/cerita-_-1?a=_#_"),
        ("https://warga9.blog.example/", "https://_.blog.example/"),
        ("https://warga9.web.id/", "https://warga9.web.id/"),
        ("https://kabar.warga9.co.id/", "https://kabar.warga9.co.id/"),
    ],
)
def test_the_author_is_taken_out_but_not_the_name_of_the_site(url: str, masked: str) -> None:
    assert mask_url(url, "@warga9") == masked


@pytest.mark.parametrize("site", sorted(SITES))
def test_the_first_segment_of_every_site_may_be_an_account(site: str) -> None:
    assert "warga9" not in mask_url(f"https://www.{site}/warga9/12")


_PIECES = st.sampled_from(
    [
        *(
            "https://",
            "x.com",
            "t.me",
            "facebook.com",
            "contoh.id",
            "/",
            "?",
            "&",
            "=",
            "#",
            "@",
            ":",
        ),
        *(
            "warga9",
            "in",
            "people",
            "s",
            "v",
            "%40",
            "%2F",
            "\uff0f",
            "081234567890",
            ".",
            "..",
            " ",
        ),
    ]
)


@given(st.lists(_PIECES, max_size=12).map("".join) | st.text(max_size=40))
def test_masking_twice_has_one_effect_and_nothing_grows(rest: str) -> None:
    url = "https://" + rest
    once = mask_url(url, "warga9")

    assert mask_url(once, "warga9") == once
    assert len(once) <= len(url)
    assert once.startswith("https://")


@pytest.mark.parametrize("piece", ["/", "@", "a@", "/@", "?", "&", "=", "%40", ".", "a.", ":", "1"])
def test_no_url_takes_long(piece: str, growth: Growth) -> None:
    assert growth(lambda rest: mask_url("https://x.com/" + rest, "warga9"), piece) < 24


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://www.Contoh.ID:8080/a", "contoh.id"),
        ("bit.ly/abc", "bit.ly"),
        ("https://a:b@contoh.id?x", "contoh.id"),
        ("https://contoh.id.", "contoh.id"),
        ("https:///a", ""),
    ],
)
def test_host(url: str, host: str) -> None:
    assert host_of(url) == host
