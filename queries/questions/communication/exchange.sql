-- meaning: Who exchanged what with whom, and in which direction
-- grain: one row per giver, receiver, topic and kind
-- role: communication
-- parameters:
--   from_on date = null: First day of interest
--   to_on date = null: Last day of interest
-- returns:
--   from_party text: Who gave
--   to_party text: Who received
--   topic text: About what
--   kind text: contact, visit, adopted or help
--   contacts integer exchanges: How often
--   first_on date: Day of the first exchange
--   last_on date: Day of the last exchange
select
    from_party, to_party, topic, kind,
    count(*) as contacts, min(happened_on) as first_on, max(happened_on) as last_on
from core.exchange
where from_party <> to_party
    and ($from_on::date is null or happened_on >= $from_on::date)
    and ($to_on::date is null or happened_on <= $to_on::date)
group by from_party, to_party, topic, kind
order by from_party, to_party, topic nulls last, kind nulls last
