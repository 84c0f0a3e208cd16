-- meaning: The keys by which each person is known
-- grain: one row per person and key
-- role: coordinator
-- parameters: none
-- returns: core.person_key
with held as (
    select person_id, unnest([email_key, linkedin_key, external_key, name_key]) as key
    from staging.person_of
    join staging.identity_key using (identity)
)

select distinct person_id, key, split_part(key, ':', 1) as kind
from held
where key is not null
