from . import o2c_shopify_setup
