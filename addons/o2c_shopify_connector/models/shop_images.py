import base64
from urllib.parse import urlsplit

from odoo import models

from ...o2c_base.lib.http import HttpClient, check_endpoint

# Pictures in one job.
CHUNK = 20
LARGEST = 20 * 1024 * 1024


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def _note_images(self, variants, bindings):
        """Remember which picture each variant has, and have those fetched that are new.

        :param bindings: variant gid -> binding
        """
        wanted = self.env["o2c.shopify.variant"]
        for item in variants:
            binding = bindings[item.gid]
            url = item.image_url or item.product_image_url
            if (binding.image_url or "") != url:
                binding.image_url = url
            if url and binding.image_taken != url:
                wanted |= binding
        for start in range(0, len(wanted), CHUNK):
            part = wanted[start : start + CHUNK]
            self.with_delay(
                channel="root.o2c.shopify",
                priority=20,
                identity_key=f"o2c.shopify.images:{self.id}:{part[0].id}:{len(part)}",
                description=self.env._("Take over pictures of %s", self.name),
            )._fetch_images(part.ids)

    def _fetch_images(self, binding_ids):
        """Give products the pictures they have in the shop. What somebody chose in Odoo stays."""
        bindings = self.env["o2c.shopify.variant"].browse(binding_ids).exists()
        pictures = {}
        for binding in bindings:
            product = binding.product_id
            if product.image_variant_1920 or product.product_tmpl_id.image_1920:
                ours = binding.image_taken
                alone = len(product.product_tmpl_id.product_variant_ids) == 1
                if not ours and (alone or product.image_variant_1920):
                    continue
            url = binding.image_url
            if url not in pictures:
                with self.env["o2c.issue"]._guard(self, "product", key="pictures"):
                    pictures[url] = self._download(url)
            picture = pictures.get(url)
            if picture:
                # A product with several variants shows the first one's picture where it has none itself.
                product.image_1920 = picture
                binding.image_taken = url

    @staticmethod
    def _download(url):
        """A picture in Base64; None when there is none at the address."""
        address = check_endpoint(url)
        parts = urlsplit(address)
        # Pictures are public: they are asked for without the shop's keys.
        http = HttpClient(f"{parts.scheme}://{parts.netloc}", timeout=(5, 30))
        answer = http.request("GET", address, accept=(403, 404, 410))
        kind = answer.headers.get("Content-Type", "")
        if answer.status >= 400 or not kind.startswith("image/") or len(answer.content) > LARGEST:
            return None
        return base64.b64encode(answer.content)
