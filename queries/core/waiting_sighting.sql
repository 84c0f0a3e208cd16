-- meaning: What each file writes of the people who wait for a decision, to lay two side by side
-- grain: one row per person who waits, file and name as written
-- role: coordinator
-- parameters: none
-- returns: core.waiting_sighting
with pair as (
    select person_a, person_b from core.kept_apart
    union all
    select person_a, person_b from core.likely_pair
),

waiting as (
    select person_id, identity
    from staging.person_of
    where person_id in (select person_a from pair union select person_b from pair)
),

said as (
    select identity, sha256, full_name, given_name, family_name from staging.membership
    union all
    select identity, sha256, full_name, given_name, family_name
    from staging.contact
    where (select connections from core.network) <> 'counts'
    union all
    select identity, sha256, full_name, given_name, family_name from staging.registration
    union all
    select identity, sha256, full_name, given_name, family_name from staging.attendance
    union all
    select identity, sha256, full_name, given_name, family_name from staging.contribution
)

select
    person_id, sha256,
    coalesce(staging.name_of(full_name, given_name, family_name), '') as name,
    count(*) as lines
from said
join waiting using (identity)
group by all
