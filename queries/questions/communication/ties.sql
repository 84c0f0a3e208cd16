-- meaning: Which pairs of parties exchanged anything, whether both ways and whether it lasted
-- grain: one row per pair that exchanged something; requests for help are left out
-- role: communication
-- parameters:
--   sustained_days integer = 60: Two exchanges this many days apart make a lasting tie
-- returns:
--   party_a text: First party in the alphabet
--   party_b text: Second party
--   contacts integer exchanges: How often, in either direction
--   is_sustained boolean: Whether the first and last exchange lie far enough apart
--   is_reciprocal boolean: Whether both gave
--   weight number exchanges: Exchanges a year of the whole period
--   first_on date: Day of the first exchange
--   last_on date: Day of the last exchange
with pair as (
    select
        least(from_party, to_party) as party_a, greatest(from_party, to_party) as party_b,
        count(*) as contacts, count(distinct from_party) as givers,
        min(happened_on) as first_on, max(happened_on) as last_on
    from core.exchange
    where from_party <> to_party and coalesce(kind, 'contact') <> 'help'
    group by all
),

period as (
    select greatest(1, date_diff('day', min(first_on), max(last_on)) / 365.25) as years
    from pair
)

select
    party_a, party_b, contacts,
    coalesce(date_diff('day', first_on, last_on) >= $sustained_days::integer, false) as is_sustained,
    givers > 1 as is_reciprocal,
    contacts / years as weight,
    first_on, last_on
from pair
cross join period
order by contacts desc, party_a, party_b
