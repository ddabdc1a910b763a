"""Stand-ins for Shopify, Mollie and Sendcloud on loopback, with one control API.

The sandbox is a program of its own: it imports nothing of the Odoo addons, and they
import nothing of it. See README.md.
"""
