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
),

-- Most rows of a long list hold an address and no more: the rest of an identity is gathered as one value.
held as (
    select
        identity, email, received_at,
        case when coalesce(external_id, full_name, given_name, family_name, linkedin_url) is not null then {
            'source': case when external_id is not null then source end,
            'external_id': external_id,
            'full_name': full_name,
            'given_name': given_name,
            'family_name': family_name,
            'linkedin_url': linkedin_url,
            'sha256': sha256
        } end as more
    from sighting
),

gathered as (
    select
        identity,
        any_value(email) as email,
        any_value(more) as more,
        min(received_at) as first_received_at,
        max(received_at) as last_received_at
    from held
    group by identity
)

select
    identity, more.full_name, more.given_name, more.family_name, email, more.linkedin_url, more.sha256,
    staging.name_of(more.full_name, more.given_name, more.family_name) as name,
    staging.email_key(email) as email_key,
    staging.linkedin_key(more.linkedin_url) as linkedin_key,
    staging.external_key(more.source, more.external_id) as external_key,
    first_received_at, last_received_at
from gathered
