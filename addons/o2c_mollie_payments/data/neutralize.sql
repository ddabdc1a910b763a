-- a copied database must not read the organisation's money, nor give any of it back
UPDATE o2c_mollie_account
   SET access_token = NULL,
       webhook_secret = NULL,
       webhook_secret_old = NULL,
       state = 'draft';
