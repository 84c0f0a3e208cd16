-- meaning: Who exchanged what with whom
-- grain: one row per exchange
-- role: coordinator
-- parameters: none
-- returns: core.exchange
select
    md5(concat_ws('|', sha256, line, part))::uuid as exchange_id,
    from_party, to_party, topic, kind, happened_on
from staging.exchange
