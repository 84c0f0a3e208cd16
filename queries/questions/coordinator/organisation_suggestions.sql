-- meaning: Which organisations may be one under two names, the likeliest first, and why
-- grain: one row per pair of organisations
-- role: coordinator
-- parameters: none
-- returns:
--   pair_id text: The pair
--   organisation_a text: One name
--   organisation_b text: The other name
--   score number share: How likely it is that they are one, from 0 to 1; an order, no probability
--   because text: What the two have in common
--   people_a integer persons: People under the first name now
--   people_b integer persons: People under the second name now
with people as (
    select organisation_id, count(*) as people
    from core.affiliation
    where ends_on is null
    group by organisation_id
)

select
    left(md5(organisation_a_id::varchar || organisation_b_id::varchar), 12) as pair_id,
    name_a as organisation_a, name_b as organisation_b, score, because,
    coalesce(a.people, 0) as people_a, coalesce(b.people, 0) as people_b
from core.organisation_suggestion
left join people as a on a.organisation_id = organisation_a_id
left join people as b on b.organisation_id = organisation_b_id
order by score desc, people_a + people_b desc, organisation_a, organisation_b
