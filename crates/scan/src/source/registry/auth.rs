//! Who we are to a registry: challenges answered, tokens fetched once and renewed.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;

use super::{
    RegistryError, RegistryOptions,
    challenge::Challenge,
    credential::{Credential, Secret},
    reference::Reference,
    transport::{Http, Request},
    url::{Url, percent_encode},
};

/// An answer of a token service longer than this is none.
const MAX_TOKEN_BYTES: u64 = 1 << 20;

/// Answers the challenges of one registry, for the threads that fetch from one repository.
#[derive(Debug)]
pub(super) struct Authenticator {
    base: Url,
    repository: String,
    state: Mutex<State>,
}

/// What is sent with a request; `number` tells whether a refusal is of this one or of an older.
#[derive(Debug, Clone)]
pub(super) struct Authorization {
    pub(super) header: Secret,
    number: u64,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Authorization>,
    /// The current one has been accepted: if it is refused later, it has expired.
    accepted: bool,
    numbers: u64,
    challenges: Vec<Challenge>,
    /// Who we could still be, the one in use first; collected at the first challenge.
    candidates: Option<VecDeque<Candidate>>,
    /// Why others are out, for the error message.
    notes: Vec<String>,
}

#[derive(Debug)]
struct Candidate {
    origin: String,
    credential: Option<Credential>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    token: Option<String>,
    access_token: Option<String>,
}

impl Authenticator {
    pub(super) fn new(base: Url, repository: &str) -> Self {
        Self { base, repository: repository.to_owned(), state: Mutex::default() }
    }

    /// What to send now.
    pub(super) fn current(&self) -> Option<Authorization> {
        self.lock().current.clone()
    }

    /// Notes that the registry took it.
    pub(super) fn accepted(&self, used: Option<&Authorization>) {
        let mut state = self.lock();
        if state.current.as_ref().map(|a| a.number) == used.map(|a| a.number) {
            state.accepted = true;
        }
    }

    /// Answers a refusal of `used`, by a renewed token or by the next credential. Threads that are
    /// refused at the same time wait for one answer.
    pub(super) fn renew(
        &self,
        http: &Http,
        options: &RegistryOptions,
        reference: &Reference,
        used: Option<&Authorization>,
        challenges: Vec<Challenge>,
        refusal: &str,
    ) -> Result<(), RegistryError> {
        let mut state = self.lock();
        if state.current.as_ref().map(|a| a.number) != used.map(|a| a.number) {
            return Ok(());
        }
        if !challenges.is_empty() {
            state.challenges = challenges;
        }
        if state.candidates.is_none() {
            let (candidates, notes) = candidates(options, reference);
            state.candidates = Some(candidates);
            state.notes = notes;
        } else if state.current.take().is_some() && !state.accepted {
            drop_candidate(&mut state, refusal);
        }
        state.accepted = false;
        loop {
            let next = state.candidates.as_ref().and_then(VecDeque::front);
            let Some(candidate) = next else { return Err(self.unauthorized(&state)) };
            match self.authorize(http, &state.challenges, candidate.credential.as_ref())? {
                Ok(header) => {
                    state.numbers += 1;
                    state.current = Some(Authorization { header, number: state.numbers });
                    return Ok(());
                }
                Err(why) => drop_candidate(&mut state, &why),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unauthorized(&self, state: &State) -> RegistryError {
        RegistryError::Unauthorized {
            host: self.base.authority.clone(),
            repository: self.repository.clone(),
            why: state.notes.join("; "),
        }
    }

    /// The header for one credential. The inner error says why this credential does not do.
    fn authorize(
        &self,
        http: &Http,
        challenges: &[Challenge],
        credential: Option<&Credential>,
    ) -> Result<Result<Secret, String>, RegistryError> {
        let of = |scheme: &str| challenges.iter().find(|challenge| challenge.scheme == scheme);
        if let Some(bearer) = of("bearer") {
            return self.token(http, bearer, credential);
        }
        if of("basic").is_none() {
            let host = self.base.authority.clone();
            let why = "asks for an authentication that is neither basic nor bearer".to_owned();
            return Err(RegistryError::Protocol { host, why });
        }
        Ok(match credential {
            Some(Credential::Basic { username, password }) => Ok(basic(username, password)),
            Some(Credential::IdentityToken(_)) => {
                Err("a token, where a name and a password are asked for".to_owned())
            }
            None => Err("a name and a password are asked for".to_owned()),
        })
    }

    fn token(
        &self,
        http: &Http,
        challenge: &Challenge,
        credential: Option<&Credential>,
    ) -> Result<Result<Secret, String>, RegistryError> {
        let realm = self.realm(challenge)?;
        let service = challenge.parameter("service").unwrap_or_default();
        let own_scope = format!("repository:{}:pull", self.repository);
        // A registry has no business asking for more than to pull from the repository at hand.
        let scope = match challenge.parameter("scope") {
            Some(scope) if !scope.contains(':') => scope,
            _ => &own_scope,
        };
        let host = realm.authority.clone();
        let answer = match credential {
            Some(Credential::IdentityToken(token)) => {
                let form = Secret::new(format!(
                    "grant_type=refresh_token&client_id=farguard&service={}&scope={}&refresh_token={}",
                    percent_encode(service),
                    percent_encode(scope),
                    percent_encode(token.expose())
                ));
                http.send(&Request { form: Some(&form), ..Request::get(realm) })?
            }
            _ => {
                let header = match credential {
                    Some(Credential::Basic { username, password }) => {
                        Some(basic(username, password))
                    }
                    _ => None,
                };
                let service = Some(("service", service)).filter(|(_, service)| !service.is_empty());
                let url = realm.with_query(service.into_iter().chain([("scope", scope)]));
                http.send(&Request { authorization: header.as_ref(), ..Request::get(url) })?
            }
        };
        match answer.status {
            200 => {}
            400 | 401 | 403 => {
                return Ok(Err(format!("`{host}` gives no token, {}", answer.status_text())));
            }
            _ => {
                let what = "a token".to_owned();
                let (code, status) = (answer.status, answer.status_text());
                return Err(RegistryError::Status { host, code, status, what });
            }
        }
        let body = answer.bytes(MAX_TOKEN_BYTES, "a token")?;
        let malformed = || RegistryError::Protocol {
            host: host.clone(),
            why: "answers with something that is no token".to_owned(),
        };
        let answer: TokenAnswer = serde_json::from_slice(&body).map_err(|_| malformed())?;
        let token =
            [answer.token, answer.access_token].into_iter().flatten().find(|t| !t.is_empty());
        let token = token.filter(|token| token.bytes().all(|b| b.is_ascii_graphic()));
        Ok(Ok(Secret::new(format!("Bearer {}", token.ok_or_else(malformed)?))))
    }

    /// The token service that the challenge names. Over TLS it may be anywhere; without TLS only
    /// when the user wants the registry itself without.
    fn realm(&self, challenge: &Challenge) -> Result<Url, RegistryError> {
        let refused = |why: &str| {
            let host = self.base.authority.clone();
            RegistryError::Protocol { host, why: why.to_owned() }
        };
        let realm = challenge.parameter("realm").and_then(Url::parse);
        let realm = realm.ok_or_else(|| refused("names no address to get a token from"))?;
        if self.base.https && !realm.https {
            return Err(refused("wants credentials to be sent to a token service without TLS"));
        }
        Ok(realm)
    }
}

fn drop_candidate(state: &mut State, why: &str) {
    if let Some(candidate) = state.candidates.as_mut().and_then(VecDeque::pop_front) {
        state.notes.push(format!("{}: {why}", candidate.origin));
    }
}

fn basic(username: &str, password: &Secret) -> Secret {
    let pair = format!("{username}:{}", password.expose());
    Secret::new(format!("Basic {}", STANDARD.encode(pair)))
}

/// Everybody we can be, best first. A credential that the user gives is the only one: that it is
/// wrong must not be hidden by another.
fn candidates(
    options: &RegistryOptions,
    reference: &Reference,
) -> (VecDeque<Candidate>, Vec<String>) {
    let mut candidates = VecDeque::new();
    let mut notes = Vec::new();
    if let Some(credential) = options.credential.clone() {
        let origin = "the given credential".to_owned();
        candidates.push_back(Candidate { origin, credential: Some(credential) });
        return (candidates, notes);
    }
    match options.files.find(reference) {
        Ok(found) => candidates.extend(
            found
                .into_iter()
                .map(|(origin, credential)| Candidate { origin, credential: Some(credential) }),
        ),
        Err(why) => notes.push(why),
    }
    for provider in &options.providers {
        match provider.credential(reference.domain()) {
            Ok(None) => {}
            Ok(credential) => {
                candidates.push_back(Candidate { origin: provider.name().to_owned(), credential });
            }
            Err(why) => notes.push(format!("{}: {why}", provider.name())),
        }
    }
    candidates.push_back(Candidate { origin: "without a credential".to_owned(), credential: None });
    (candidates, notes)
}
