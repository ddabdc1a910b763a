# syntax=docker/dockerfile:1

# Odoo 19 with the order-to-cash addons and what they need.
FROM odoo:19.0 AS odoo
USER root
COPY requirements.txt /tmp/requirements.txt
# The image's Python is the distribution's own, which Odoo's package uses too: install beside it.
RUN pip3 install --no-cache-dir --break-system-packages --requirement /tmp/requirements.txt \
    && rm /tmp/requirements.txt
COPY odoo.conf /etc/odoo/odoo.conf
COPY addons /mnt/extra-addons
USER odoo
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=5 \
    CMD ["curl", "--fail", "--silent", "http://127.0.0.1:8069/web/health"]

# Stand-ins for Shopify, Mollie and Sendcloud, to try everything without an account.
FROM python:3.12-slim AS sandbox
WORKDIR /srv
COPY constraints.txt /tmp/constraints.txt
RUN pip install --no-cache-dir --constraint /tmp/constraints.txt graphql-core httpx starlette uvicorn \
    && useradd --system --no-create-home sandbox
COPY sandbox /srv/sandbox
USER sandbox
EXPOSE 8070
CMD ["python", "-m", "sandbox", "--host", "0.0.0.0", "--port", "8070"]
HEALTHCHECK --interval=15s --timeout=5s --retries=5 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8070/worlds')"]
