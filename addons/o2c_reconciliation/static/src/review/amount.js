import { localization } from "@web/core/l10n/localization";
import { parseFloat as parseAmount } from "@web/views/fields/parsers";

/**
 * An amount as a person types it, in whichever country's way; NaN for other text.
 *
 * As in the search beside it (`_o2c_number`), the last of two kinds of separators stands before the cents. A
 * separator alone does so, too, unless three digits follow: then it is what the user's language makes of it.
 * Odoo's own reading makes 1.23 out of "1.234,56" in English. It is left the formulas ("=3*12.50").
 *
 * @param {string} text
 * @returns {number}
 */
export function readAmount(text) {
    if (text.startsWith("=")) {
        try {
            return parseAmount(text);
        } catch {
            return NaN;
        }
    }
    let digits = text.replace(/[\s'’]/g, "");
    const separators = [",", "."]
        .filter((mark) => digits.includes(mark))
        .sort((one, other) => digits.lastIndexOf(one) - digits.lastIndexOf(other));
    let decimal = separators.at(-1);
    if (
        separators.length === 1 &&
        (digits.split(decimal).length > 2 ||
            (/\D\d{3}$/.test(digits) && decimal !== localization.decimalPoint))
    ) {
        decimal = "";
    }
    for (const mark of separators) {
        digits = digits.replaceAll(mark, mark === decimal ? "." : "");
    }
    return /^[+-]?\d{1,12}(\.\d+)?$/.test(digits) ? Number(digits) : NaN;
}
