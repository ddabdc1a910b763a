from odoo import http
from odoo.exceptions import UserError
from odoo.http import content_disposition, request


class SendcloudLabels(http.Controller):
    @http.route("/o2c/sendcloud/labels", type="http", auth="user", methods=["GET"])
    def labels(self, ids="", **_params):
        """The labels of the named deliveries in one file, in the order given."""
        numbers = [int(number) for number in ids.split(",") if number.isdigit()]
        pickings = request.env["stock.picking"].browse(numbers).exists()
        try:
            content, extension = pickings._sendcloud_labels_file()
        except UserError as error:
            return request.make_response(str(error), status=404)
        name = f"labels-{pickings[:1].name.replace('/', '-')}.{extension}"
        disposition = content_disposition(name)
        if extension == "pdf":
            # Shown in the browser, whose print button is one click away.
            disposition = disposition.replace("attachment", "inline", 1)
        mimetype = "application/pdf" if extension == "pdf" else "text/plain"
        return request.make_response(
            content, [("Content-Type", mimetype), ("Content-Disposition", disposition)]
        )
