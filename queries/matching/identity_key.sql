-- meaning: The keys that each way of writing a person holds
-- grain: one row per identity with a key, or with a name that is a person's
-- role: coordinator
-- parameters: none
-- returns: staging.identity_key
with keyed as (
    select
        *,
        staging.email_key(email) as email_key,
        staging.linkedin_key(linkedin_url) as linkedin_key,
        staging.external_key(source, external_id) as external_key,
        staging.name_of(full_name, given_name, family_name) as written_name
    from staging.identity
)

select
    identity, email_key, linkedin_key, external_key,
    'name:' || sha256 || ':' || keyless_name.normal_name as name_key,
    written_name as name,
    staging.simple_name(written_name) as simple_name,
    email as written_email, linkedin_url as written_linkedin,
    first_received_at, last_received_at
from keyed
left join staging.keyless_name
    on keyless_name.name = keyed.written_name
    and coalesce(email_key, linkedin_key, external_key) is null
where coalesce(email_key, linkedin_key, external_key, keyless_name.normal_name) is not null
