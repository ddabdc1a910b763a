# Statement lines inherit them.
from . import bank_line_alike, bank_line_parts, bank_line_review  # isort: skip
from . import (
    account_bank_statement_line,
    account_chart_template,
    account_move,
    account_partial_reconcile,
    account_reconcile_model,
    match_accept,
    match_broken,
    match_engine,
    match_posting,
    match_reading,
    match_undo,
    o2c_match,
    o2c_match_run,
    o2c_order_report,
    res_company,
)
