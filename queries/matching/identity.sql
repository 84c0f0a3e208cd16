-- meaning: Every way in which the files write a person
-- grain: one row per combination of keys and name (per file where there is no key)
-- role: coordinator
-- parameters: none
-- returns: staging.identity
with sighting as (
    select identity, source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256, received_at from staging.membership
    union all
    select identity, source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256, received_at from staging.contact where (select connections from core.network) <> 'counts'
    union all
    select identity, source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256, received_at from staging.registration
    union all
    select identity, source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256, received_at from staging.attendance
    union all
    select identity, source, external_id, full_name, given_name, family_name, email, linkedin_url, sha256, received_at from staging.contribution
)
select
    identity,
    any_value(case when external_id is not null then source end) as source,
    any_value(external_id) as external_id,
    any_value(full_name) as full_name,
    any_value(given_name) as given_name,
    any_value(family_name) as family_name,
    any_value(email) as email,
    any_value(linkedin_url) as linkedin_url,
    any_value(sha256) as sha256,
    min(received_at) as first_received_at,
    max(received_at) as last_received_at
from sighting
group by identity
