# The first stage builds with the locked tools; `--target gate` is what CI runs, the last stage what serves.

FROM python:3.13-slim AS build
WORKDIR /source
COPY requirements.lock .
# Everything that is locked is fetched here, checked against its hash; what follows needs no network.
RUN pip wheel --no-cache-dir --require-hashes --requirement requirements.lock --wheel-dir /wheels
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY entity_lists entity_lists
COPY examples/shipments.csv examples/
RUN pip wheel --no-cache-dir --no-index --find-links /wheels --no-deps --wheel-dir /wheels . \
    && python -m venv /opt/importgate \
    && /opt/importgate/bin/pip install --no-cache-dir --no-index --find-links /wheels importgate \
    && /opt/importgate/bin/importgate lists check

FROM python:3.13-slim AS gate
# git for --against; a mounted repository belongs to another user.
RUN apt-get update && apt-get install --yes --no-install-recommends git && rm -rf /var/lib/apt/lists/* \
    && git config --system --add safe.directory '*' \
    && useradd --system --uid 10001 --create-home importgate
COPY --from=build /opt/importgate /opt/importgate
ENV PATH=/opt/importgate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    IMPORTGATE_CACHE_DIR=/var/cache/importgate
# The lists are compiled here, so that no run has to.
RUN importgate check "Acme Steel GmbH" >/dev/null
USER importgate
WORKDIR /work
ENTRYPOINT ["importgate", "gate"]

FROM python:3.13-slim
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/importgate importgate
COPY --from=build /opt/importgate /opt/importgate
ENV PATH=/opt/importgate/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    IMPORTGATE_DATA_DIR=/var/lib/importgate/data \
    IMPORTGATE_CACHE_DIR=/var/lib/importgate/cache
USER importgate
WORKDIR /var/lib/importgate
VOLUME /var/lib/importgate
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
# 0.0.0.0 inside the container; publishing the port decides who reaches it.
CMD ["importgate", "serve", "--host", "0.0.0.0"]
