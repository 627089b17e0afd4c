# Triptych in a container: built in one stage, run without root in another.
FROM python:3.11-slim AS build
WORKDIR /source
RUN python -m venv /opt/triptych
COPY constraints.txt .
# A container without a GPU is gigabytes smaller with torch's CPU build: give the index that
# PyTorch's installation page names for it with --build-arg PIP_EXTRA_INDEX_URL=...
ARG PIP_EXTRA_INDEX_URL
RUN /opt/triptych/bin/pip install --no-cache-dir -c constraints.txt torch
COPY . .
RUN /opt/triptych/bin/pip install --no-cache-dir -c constraints.txt .

FROM python:3.11-slim
RUN useradd --uid 10001 --create-home triptych && install -d -o triptych /data
COPY --from=build /opt/triptych /opt/triptych
ENV PATH=/opt/triptych/bin:$PATH TRIPTYCH_DATA_DIR=/data TRIPTYCH_HOST=0.0.0.0
USER 10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
# Other machines can reach a container, so it needs TRIPTYCH_API_KEY.
CMD ["triptych", "up"]
