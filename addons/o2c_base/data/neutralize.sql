-- a copied database must not answer webhooks of the original
UPDATE o2c_inbox_event
   SET state = 'ignored'
 WHERE state = 'new';

-- nor carry out what the original is about to do
UPDATE queue_job
   SET state = 'cancelled',
       date_cancelled = now() AT TIME ZONE 'UTC'
 WHERE channel LIKE 'root.o2c%'
   AND state IN ('wait_dependencies', 'pending', 'enqueued', 'started');

-- nor call what the original calls instead of the real platforms
DELETE FROM ir_config_parameter
 WHERE key IN ('o2c.shopify_endpoint', 'o2c.mollie_endpoint', 'o2c.sendcloud_endpoint');
