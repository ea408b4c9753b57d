# One image for every part of saring; the command says which part (docker-compose.yml).

FROM python:3.12-slim AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /src
RUN python -m venv --without-pip /opt/saring

# The dependencies alone, so that a change of code does not fetch them again. Wheels only: this
# stage has no compiler either, and a source package that wants one should fail here.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; \
p = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
print(*p['dependencies'], sep='\n')" > requirements.txt \
    && pip --python /opt/saring/bin/python install \
        --only-binary=:all: --constraint constraints.txt --requirement requirements.txt

# The code, as the wheel that any other installation would get.
COPY README.md LICENSE ./
COPY tasks tasks
COPY workers workers
RUN pip wheel --no-deps --wheel-dir /dist . \
    && pip --python /opt/saring/bin/python install --no-deps /dist/*.whl

FROM python:3.12-slim
# Numbers, not names: a platform can then verify that it is not root. The keys folder is made here
# because a new named volume takes its owner from what it is mounted over.
RUN groupadd --gid 10001 saring \
    && useradd --uid 10001 --gid 10001 --no-log-init --no-create-home \
        --home-dir /var/lib/saring --shell /usr/sbin/nologin saring \
    && install -d -o 10001 -g 10001 -m 0700 /var/lib/saring /var/lib/saring/keys
COPY --from=build /opt/saring /opt/saring
# The root file system is read-only when it runs: pip has compiled the modules, nothing else may.
ENV PATH=/opt/saring/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    SARING_HEARTBEAT_DIR=/tmp/alive \
    SARING_DATA_DIR=/var/lib/saring
WORKDIR /var/lib/saring
USER 10001:10001
# Health is checked by docker-compose.yml: it differs from part to part.
ENTRYPOINT ["saring"]
CMD ["--help"]
