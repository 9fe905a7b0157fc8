# The product alone: `monitor run` as a normal user, the data in one volume.
FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY monitor ./monitor
COPY seeds ./seeds
RUN python3 -m venv /opt/monitor \
    && /opt/monitor/bin/pip install --no-cache-dir -q -c constraints.txt .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin monitor \
    && mkdir -p /app/data \
    && chown monitor:monitor /app/data
COPY --from=build /opt/monitor /opt/monitor
COPY sources.yaml /app/sources.yaml
WORKDIR /app
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /app/data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --retries=3 \
    CMD ["python3", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('MONITOR_PORT', '8000') + '/healthz', timeout=5)"]
ENTRYPOINT ["monitor"]
CMD ["run"]
