-- meaning: The keys that each way of writing a person holds
-- grain: one row per identity with a key, or with a name that is a person's
-- role: coordinator
-- parameters: none
-- returns: staging.identity_key
select
    identity, email_key, linkedin_key, external_key, null::varchar as name_key,
    name, email as written_email, linkedin_url as written_linkedin, first_received_at, last_received_at
from staging.identity
where coalesce(email_key, linkedin_key, external_key) is not null
union all
select
    identity, null, null, null, 'name:' || sha256 || ':' || keyless_name.normal_name,
    name, email, linkedin_url, first_received_at, last_received_at
from staging.identity
join staging.keyless_name using (name)
where coalesce(email_key, linkedin_key, external_key) is null
