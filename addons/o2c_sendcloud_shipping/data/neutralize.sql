-- A copied database buys nothing and tells nobody.
UPDATE o2c_sendcloud_account
   SET public_key = NULL,
       secret_key = NULL,
       webhook_signature_key = NULL,
       webhook_token = NULL,
       webhook_active = false,
       test_mode = true,
       state = 'draft';

-- Deliveries can still be validated in the copy, without labels.
UPDATE delivery_carrier
   SET integration_level = 'rate'
 WHERE delivery_type = 'sendcloud';

-- What the original was about to buy, the original buys.
UPDATE o2c_sendcloud_shipment
   SET state = 'cancelled'
 WHERE state = 'queued';
