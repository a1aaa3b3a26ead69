# syntax=docker/dockerfile:1
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY schemas schemas
COPY indexer indexer
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheels . \
    && python -m venv --without-pip /opt/indexer \
    && wheel="$(ls /wheels/indexer-*.whl)" \
    && pip --python /opt/indexer/bin/python install --no-cache-dir "indexer[cluster,opensearch,postgresql,report,s3,web] @ file://$wheel"

FROM python:3.13-slim
# Nothing that installs or builds stays, and nothing runs as root.
RUN python -m pip uninstall --yes --root-user-action=ignore pip \
    && useradd --uid 10001 --no-create-home --home-dir /var/lib/indexer --shell /usr/sbin/nologin indexer \
    && install --directory --owner=indexer --group=indexer /dumps /var/lib/indexer
COPY --from=build /opt/indexer /opt/indexer
ENV PATH=/opt/indexer/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    INDEXER_TARGET=embedded:/var/lib/indexer/index \
    INDEXER_STATE=sqlite:////var/lib/indexer/state.db \
    INDEXER_REPORTS=/var/lib/indexer/reports \
    INDEXER_HARVEST=/var/lib/indexer/harvest
USER indexer
WORKDIR /var/lib/indexer
VOLUME ["/dumps", "/var/lib/indexer"]
ENTRYPOINT ["indexer"]
CMD ["--help"]
