# The monitor as a normal user on a read-only root; what it keeps is in one volume.
# Built in two stages, so that neither pip nor a compiler's leavings are in the image.
FROM python:3.13-slim AS build
WORKDIR /src
# What the program stands on is a layer of its own: a change of the program alone does not fetch it again.
COPY requirements.lock ./
RUN python3 -m venv --without-pip /opt/monitor \
    && pip --python /opt/monitor/bin/python3 install --no-cache-dir --quiet --require-hashes -r requirements.lock \
    && find /opt/monitor -depth -type d -name tests -exec rm -rf {} + \
    && find /opt/monitor -type f -regex '.*\.\(a\|c\|cpp\|h\|pxd\|pyi\|pyx\)' -delete
COPY pyproject.toml README.md LICENSE ./
COPY monitor monitor
COPY seeds seeds
RUN pip --python /opt/monitor/bin/python3 install --no-cache-dir --quiet --no-deps .

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Ramstein monitor" \
      org.opencontainers.image.description="Watches the world's news, in every language, for the Ukraine Defense Contact Group" \
      org.opencontainers.image.licenses="MIT"
RUN groupadd --system --gid 10001 monitor \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --shell /usr/sbin/nologin monitor \
    && mkdir -p /app/data \
    && chown monitor:monitor /app/data
COPY --from=build /opt/monitor /opt/monitor
COPY sources.yaml deploy/healthy.py /app/
WORKDIR /app
ENV PATH=/opt/monitor/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001
VOLUME /app/data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=60s --timeout=10s --start-period=60s --retries=3 CMD ["python3", "-I", "/app/healthy.py"]
ENTRYPOINT ["monitor"]
CMD ["run"]
