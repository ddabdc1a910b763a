from odoo import models
from odoo.fields import Command

from ...o2c_base.batches import all_or_each
from ...o2c_base.words import in_words
from ..lib import documents
from ..lib.products import by_product, parse_variant

BATCH = 100
# Variants that one job takes over: far from the 25,000 of one list that Shopify shows.
MOST_VARIANTS = 5000


class O2cShopifyShop(models.Model):
    _inherit = "o2c.shopify.shop"  # pylint: disable=consider-merging-classes-inherited

    def action_sync_products(self):
        """Bind or create all products of the shop; runs in the background."""
        self._check_not_demo()
        for shop in self:
            shop.with_delay(
                channel="root.o2c.shopify",
                identity_key=f"o2c.shopify.products:{shop.id}",
                description=self.env._("Take over the products of %s", shop.name),
            ).sync_products()
        return self[:1]._notification(
            self.env._("Products are being taken over in the background."), "success"
        )

    def sync_products(self, first=None):
        """Bind every variant of the shop to a product in Odoo; create those that are missing.

        A variant is found by its binding, then by SKU, then by barcode. Very many are taken over by
        several jobs one after another: Shopify shows no more than 25,000 of one list.

        :param first: number of the variant to go on with, where a job before has stopped.
        :return: number of variants that are bound now.
        """
        self.ensure_one()
        shop = self._as_odoobot()
        bound = 0
        with shop.env["o2c.issue"]._guard(shop, "product", retry="action_sync_products"):
            query = f"id:>={first}" if first else None
            nodes = shop._client().pages(
                documents.VARIANTS, {"after": None, "query": query}, ("productVariants",)
            )
            batch = []
            for count, node in enumerate(nodes):
                if count == MOST_VARIANTS:
                    shop._sync_products_later(int(node["id"].rsplit("/", 1)[-1]))
                    break
                batch.append(parse_variant(node))
                if len(batch) == BATCH:
                    bound += len(shop._bind_variants(batch))
                    batch = []
            bound += len(shop._bind_variants(batch))
        return bound

    def _sync_products_later(self, first):
        self.with_delay(
            channel="root.o2c.shopify",
            identity_key=f"o2c.shopify.products:{self.id}:{first}",
            description=self.env._("Take over further products of %s", self.name),
        ).sync_products(first)

    def _import_products(self, gids):
        """Take over the products of these variants as they are in Shopify now."""
        with self.env["o2c.issue"]._guard(self, "product", key="webhook", retry="action_sync_products"):
            self._import_variants(gids)

    def _import_variants(self, gids):
        """Bind these variants as Shopify has them now.

        :return: variant gid -> product
        """
        found = []
        for start in range(0, len(gids), BATCH):
            nodes = (
                self._client()
                .execute(documents.VARIANTS_BY_ID, {"ids": gids[start : start + BATCH]})
                .data["nodes"]
            )
            found += [parse_variant(node) for node in nodes if node]
        return self._bind_variants(found)

    def _on_product_delete(self, body):
        """The shop does not sell a product any more: it stays in Odoo, where orders and stock need it."""
        self.env["o2c.shopify.variant"].search(
            [("shop_id", "=", self.id), ("product_gid", "=", f"gid://shopify/Product/{body.get('id')}")]
        ).active = False

    def _bind_variants(self, variants):
        """Bind variants, creating products where none fits; if that fails, product by product.

        :return: variant gid -> product
        """
        result = {}
        for bound in all_or_each(
            self.env.cr,
            by_product(variants),
            lambda groups: self._bind_batch([item for group in groups for item in group]),
            self._report_not_bound,
        ):
            result.update(bound)
        return result

    def _report_not_bound(self, group, error):
        item = group[0]
        self.env["o2c.issue"]._report(
            self,
            "product",
            self.env._(
                "The product “%(title)s” could not be taken over: %(reason)s. Correct it in Shopify "
                "or in Odoo and retry.",
                title=item.title,
                reason=in_words(self.env, error),
            ),
            key=item.product_gid,
            detail=repr(error),
            retry="action_sync_products",
        )

    def _bind_batch(self, variants):
        bindings = {
            binding.gid: binding
            for binding in self.env["o2c.shopify.variant"]
            .with_context(active_test=False)
            .search([("shop_id", "=", self.id), ("gid", "in", [item.gid for item in variants])])
        }
        result = {gid: binding.product_id for gid, binding in bindings.items()}
        free = [item for item in variants if item.gid not in result]
        result.update(self._match_products(free))
        result.update(self._create_products([item for item in free if item.gid not in result]))
        new = []
        for item in variants:
            values = {
                "product_gid": item.product_gid,
                "inventory_gid": item.inventory_gid,
                "title": item.full_title,
                "sku": item.sku or False,
                "tracked": item.tracked,
                "active": True,
            }
            binding = bindings.get(item.gid)
            if not binding:
                new.append(
                    {
                        **values,
                        "shop_id": self.id,
                        "gid": item.gid,
                        "product_id": result[item.gid].id,
                    }
                )
                continue
            if any(binding[name] != value for name, value in values.items()):
                binding.write(values)
            self._complete_product(binding.product_id, item)
        for binding in self.env["o2c.shopify.variant"].create(new):
            bindings[binding.gid] = binding
        self._note_images(variants, bindings)
        # The program closes what it reported itself.
        issues = self.env["o2c.issue"].sudo()._open_issues(self, "product")
        gids = {item.product_gid for item in variants}
        issues.filtered(lambda issue: issue.key in gids).write({"state": "resolved"})
        return result

    def _match_products(self, variants):
        """gid -> product of the same SKU or barcode, where exactly one has it."""
        by_sku = self._products_by_code({item.sku for item in variants if item.sku})
        barcodes = [item.barcode for item in variants if item.barcode]
        by_barcode = {
            product.barcode: product
            for product in self.env["product.product"].search(
                [
                    ("barcode", "in", barcodes),
                    ("company_id", "in", (False, self.company_id.id)),
                ]
            )
        }
        matched = {}
        for item in variants:
            product = by_sku.get(item.sku) or by_barcode.get(item.barcode)
            if product:
                matched[item.gid] = product
                self._complete_product(product, item)
        return matched

    def _complete_product(self, product, item):
        """Fill in what customs and carriers need and Odoo does not have; overwrite nothing."""
        values = {}
        if item.weight and not product.weight:
            values["weight"] = self._weight(item)
        if item.barcode and not product.barcode and not self._barcode_is_taken(item.barcode):
            values["barcode"] = item.barcode
        if values:
            product.write(values)
        template = product.product_tmpl_id
        values = {}
        if item.hs_code and not template.hs_code:
            values["hs_code"] = item.hs_code
        if item.origin and not template.country_of_origin:
            values["country_of_origin"] = self._country_of(item).id
        if values:
            template.write(values)

    def _country_of(self, item):
        countries = self.env["res.country"]
        return countries.search([("code", "=", item.origin)], limit=1) if item.origin else countries

    def _weight(self, item):
        """A variant's weight in the unit that Odoo's products are weighed in."""
        unit = self.env["product.template"]._get_weight_uom_id_from_ir_config_parameter()
        kilogram = self.env.ref("uom.product_uom_kgm")
        return kilogram._compute_quantity(float(item.weight), unit, round=False)

    def _barcode_is_taken(self, barcode):
        products = self.env["product.product"].with_context(active_test=False)
        return bool(products.search_count([("barcode", "=", barcode)], limit=1))

    # === Creating === #

    def _create_products(self, variants):
        """Create the products of these variants; variants of one product share a template."""
        groups = by_product(variants)
        created, barcodes = {}, set()
        simple = [items[0] for items in groups if not items[0].has_options]
        templates = self.env["product.template"].create(
            [{**self._template_values(item), **self._variant_values(item, barcodes)} for item in simple]
        )
        for item, template in zip(simple, templates, strict=True):
            created[item.gid] = template.product_variant_id
        for items in groups:
            if items[0].has_options:
                created.update(self._create_with_options(items, barcodes))
        return created

    def _products_from_lines(self, lines):
        """Products for what the shop does not have any more, or never had: deleted ones, custom items.

        :return: line gid -> product
        """
        company = ("company_id", "in", (False, self.company_id.id))
        products = self.env["product.product"]
        codes = {line.sku for line in lines if line.sku}
        # The same custom item on the next order is the same product.
        names = {line.title for line in lines if not line.sku}
        # Of several that fit, the first one in Odoo's order is taken: it is set last.
        known = {
            (True, product.default_code): product
            for product in reversed(products.search([company, ("default_code", "in", list(codes))]))
        }
        known |= {
            (False, product.name): product
            for product in reversed(
                products.search([company, ("default_code", "=", False), ("name", "in", list(names))])
            )
        }
        keys = {line.gid: (bool(line.sku), line.sku or line.title) for line in lines}
        new = {keys[line.gid]: line for line in reversed(lines) if keys[line.gid] not in known}
        created = products.create(
            [
                {
                    "name": line.title,
                    "default_code": line.sku or False,
                    "list_price": float(line.unit_price),
                    "type": "consu" if line.requires_shipping else "service",
                    "is_storable": line.requires_shipping,
                    "invoice_policy": "order",
                }
                for line in new.values()
            ]
        )
        known |= dict(zip(new, created, strict=True))
        return {gid: known[key] for gid, key in keys.items()}

    def _template_values(self, item):
        return {
            "name": item.title,
            "type": "consu" if item.requires_shipping else "service",
            "is_storable": item.requires_shipping and item.tracked,
            "invoice_policy": "order",
            "hs_code": item.hs_code or False,
            "country_of_origin": self._country_of(item).id,
            "company_id": False,
        }

    def _variant_values(self, item, barcodes):
        """:param barcodes: those given already; a barcode stands for one product only."""
        values = {
            "default_code": item.sku or False,
            "weight": self._weight(item),
            "list_price": float(item.price),
        }
        if item.barcode and item.barcode not in barcodes and not self._barcode_is_taken(item.barcode):
            barcodes.add(item.barcode)
            values["barcode"] = item.barcode
        return values

    def _create_with_options(self, items, barcodes):
        """One template with the options as attributes, and exactly the variants Shopify has."""
        siblings = self.env["o2c.shopify.variant"].search(
            [("shop_id", "=", self.id), ("product_gid", "=", items[0].product_gid)]
        )
        template = siblings.product_id.product_tmpl_id.filtered("attribute_line_ids")[:1]
        if not template:
            template = self.env["product.template"].create(self._template_values(items[0]))
        created = {}
        for item in items:
            combination = self.env["product.template.attribute.value"]
            for name, value in item.options:
                combination |= self._attribute_value(template, name, value)
            product = template._get_variant_for_combination(combination)
            if not product:
                product = self.env["product.product"].create(
                    {
                        "product_tmpl_id": template.id,
                        "product_template_attribute_value_ids": [Command.set(combination.ids)],
                    }
                )
            values = self._variant_values(item, barcodes)
            # The price of a variant is its template's: what an order costs comes from Shopify.
            values.pop("list_price")
            product.write(values)
            if not template.list_price or template.list_price == 1.0:
                template.list_price = float(item.price)
            created[item.gid] = product
        return created

    def _attribute_value(self, template, name, value):
        """The value of the template's attribute, made where it does not exist."""
        attribute = self.env["product.attribute"].search(
            [("name", "=", name), ("create_variant", "=", "dynamic")], limit=1
        ) or self.env["product.attribute"].create({"name": name, "create_variant": "dynamic"})
        record = attribute.value_ids.filtered(lambda item: item.name == value)[:1]
        if not record:
            record = self.env["product.attribute.value"].create({"name": value, "attribute_id": attribute.id})
        line = template.attribute_line_ids.filtered(lambda item: item.attribute_id == attribute)
        if not line:
            line = self.env["product.template.attribute.line"].create(
                {
                    "product_tmpl_id": template.id,
                    "attribute_id": attribute.id,
                    "value_ids": [Command.set(record.ids)],
                }
            )
        elif record not in line.value_ids:
            line.write({"value_ids": [Command.link(record.id)]})
        return line.product_template_value_ids.filtered(
            lambda item: item.product_attribute_value_id == record and item.ptav_active
        )
