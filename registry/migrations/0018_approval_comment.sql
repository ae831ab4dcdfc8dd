-- An approver's comment is encrypted like everything people write, under the control plane's own data key: it is to be read after a rejected
-- tenant's key is gone. Comments of earlier versions were shown to nobody and are not kept in the clear.
alter table approval_decision add column comment_ciphertext bytea;
alter table approval_decision drop column comment;
