-- a copied database has no keys to the shop, and answers none of its webhooks
UPDATE o2c_shopify_shop
   SET access_token = NULL,
       client_id = NULL,
       client_secret = NULL,
       webhook_secret = NULL,
       previous_webhook_secret = NULL,
       webhook_token = NULL,
       token_expires_at = NULL,
       push_stock_levels = false,
       push_fulfilments = false,
       state = 'draft';

-- and owes Shopify nothing
DELETE FROM o2c_shopify_stock_change;

UPDATE o2c_shopify_fulfillment
   SET state = 'cancelled'
 WHERE state = 'pending';
