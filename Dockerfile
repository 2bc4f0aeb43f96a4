# Two images: `app` runs web, worker and beat; `front` serves static files and hands on the rest.

FROM python:3.13-slim-bookworm AS build
WORKDIR /maru
RUN python -m venv .venv
COPY requirements.lock requirements-uv.lock requirements-node.lock ./
RUN .venv/bin/python -m pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && .venv/bin/uv pip install --no-cache --compile-bytecode --python .venv/bin/python \
        --require-hashes -r requirements.lock
COPY package.json package-lock.json .npmrc ./
COPY . .
# The key is for this step only and reaches no running container.
RUN .venv/bin/python -m itsm.stack assets \
    && .venv/bin/python -m itsm.stack messages --compile \
    && DJANGO_SETTINGS_MODULE=itsm.settings.production \
        MARU_SECRET_KEY=only-for-collecting-static-files-in-the-build \
        .venv/bin/python manage.py collectstatic --no-input \
    && rm -rf var/npm var/node var/tools

FROM python:3.13-slim-bookworm AS app
ENV PATH=/maru/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=itsm.settings.production \
    MARU_DATA_DIR=/data \
    MARU_LOG_FORMAT=json
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin maru \
    && install -d -o maru -g maru -m 0700 /data /data/attachments
WORKDIR /maru
COPY --from=build --chown=root:root /maru /maru
USER maru
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "docker/healthy.py"]
CMD ["gunicorn", "--config", "python:itsm.gunicorn", "--bind", "0.0.0.0:8000"]

FROM nginxinc/nginx-unprivileged:1.29-alpine AS front
COPY docker/nginx.conf /etc/nginx/conf.d/default.conf
COPY --from=build /maru/var/static /srv/static
HEALTHCHECK --interval=15s --timeout=5s --retries=4 \
    CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/healthz"]
