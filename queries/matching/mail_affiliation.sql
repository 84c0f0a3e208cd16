-- meaning: People who never say where they work, but write from an organisation's mail domain
-- grain: one row per person
-- role: coordinator
-- parameters: none
-- returns: staging.mail_affiliation
with bearer as (
    select identity, split_part(email_key, '@', 2) as domain
    from staging.identity_key
    where email_key is not null
),

-- student.example.org belongs to example.org, unless it is named itself.
matched as (
    select bearer.identity, length(mail_domain.domain) as precision, mail_domain.name
    from staging.mail_domain
    join bearer on bearer.domain = mail_domain.domain or ends_with(bearer.domain, '.' || mail_domain.domain)
)

select person_id, max({'precision': precision, 'name': name}).name as organisation
from matched
join staging.person_of using (identity)
anti join (select person_id from staging.person_trait where plain_organisation is not null) as told using (person_id)
group by person_id
