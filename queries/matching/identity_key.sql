-- meaning: The keys that each way of writing a person holds
-- grain: one row per identity
-- role: coordinator
-- parameters: none
-- returns: staging.identity_key
with named as (
    select
        *,
        staging.email_key(email) as email_key,
        staging.linkedin_key(linkedin_url) as linkedin_key,
        staging.external_key(source, external_id) as external_key,
        staging.name_of(full_name, given_name, family_name) as name,
        staging.flipped_name(staging.plain_name(name)) as plain_name
    from staging.identity
),

judged as (
    select *, coalesce(staging.is_placeholder(plain_name), true) as has_no_name
    from named
)

select
    identity, email_key, linkedin_key, external_key,
    case
        when coalesce(email_key, linkedin_key, external_key) is null and not has_no_name
            then 'name:' || sha256 || ':' || plain_name
    end as name_key,
    case when not has_no_name then name end as name,
    case when not has_no_name then plain_name end as plain_name,
    first_received_at, last_received_at
from judged
where coalesce(email_key, linkedin_key, external_key) is not null or not has_no_name
