-- meaning: People who never say where they work, but write from an organisation's mail domain
-- grain: one row per person
-- role: coordinator
-- parameters: none
-- returns: staging.mail_affiliation
with domain as (
    select distinct split_part(email_key, '@', 2) as domain
    from staging.identity_key
    where email_key is not null
),

-- student.example.org belongs to example.org, unless it is named itself.
matched as (
    select domain.domain, max({'precision': length(mail_domain.domain), 'name': mail_domain.name}) as best
    from staging.mail_domain
    join domain on domain.domain = mail_domain.domain or ends_with(domain.domain, '.' || mail_domain.domain)
    group by domain.domain
)

select person_id, max(best).name as organisation
from matched
join staging.identity_key on split_part(identity_key.email_key, '@', 2) = matched.domain
join staging.person_of using (identity)
anti join (select person_id from staging.person_trait where plain_organisation is not null) as told using (person_id)
group by person_id
