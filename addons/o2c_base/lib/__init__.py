"""Plain Python shared by the connectors. Nothing in here imports Odoo."""
