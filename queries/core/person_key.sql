-- meaning: The keys by which each person is known
-- grain: one row per person and key
-- role: coordinator
-- parameters: none
-- returns: core.person_key
with held as (
    select person_id, email_key as key, 'email' as kind from staging.person_of join staging.identity_key using (identity)
    union all
    select person_id, linkedin_key, 'linkedin' from staging.person_of join staging.identity_key using (identity)
    union all
    select person_id, external_key, 'external' from staging.person_of join staging.identity_key using (identity)
    union all
    select person_id, name_key, 'name' from staging.person_of join staging.identity_key using (identity)
)

select distinct person_id, key, kind, coalesce(other_handle.handle, person_id) as handle
from held
left join staging.other_handle using (person_id, key)
where key is not null
