-- a copied database must not read the organisation's money, nor give any of it back
UPDATE o2c_mollie_account
   SET access_token = NULL,
       webhook_secret = NULL,
       webhook_secret_old = NULL,
       webhook_token = NULL,
       state = 'draft';

-- what the original was about to give back, the original gives back
UPDATE o2c_mollie_refund
   SET state = 'cancelled'
 WHERE state = 'new';
