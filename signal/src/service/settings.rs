//! Flags, then environment, then a TOML file, then the defaults: the first that says something wins.

use crate::{
    address::{Network, NotANetwork, TrustedProxies},
    ice::{IceServers, TurnSecret},
    limits::LimitSettings,
    metrics::Metrics,
    server::Options,
};
use nyx_wire::signal::{MAX_ICE_SERVERS, MAX_ICE_TEXT};
use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

/// Environment variables that start with this are settings: `NYX_SIGNAL_LISTEN` is `listen`.
const ENVIRONMENT: &str = "NYX_SIGNAL_";
/// Only this machine, until the operator says otherwise.
const DEFAULT_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8440);

/// The command line of `nyx-signal`.
#[derive(Clone, Debug, clap::Parser)]
#[command(
    name = "nyx-signal",
    version,
    about = "Introduces two Nyx devices that already share a code. It relays sealed frames and can read none.",
    after_help = "Each setting can also stand in the file (`listen = \"[::]:8440\"`) or in the environment (NYX_SIGNAL_LISTEN).\n\
                  Flags win over the environment, the environment over the file. Secrets come from files only.\n\
                  NYX_SIGNAL_LOG chooses what is logged: error, warn, info (default), debug."
)]
pub struct Cli {
    /// A TOML file with any of these settings [default: NYX_SIGNAL_CONFIG]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The settings given as flags.
    #[command(flatten)]
    pub settings: Settings,
}

/// What an operator may set. What is not set keeps its default.
#[derive(Clone, Debug, Default, clap::Args, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where to listen [default: 127.0.0.1:8440]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Where to serve /metrics, /healthz and /readyz for the operator; not served when not set
    #[arg(long, value_name = "ADDR")]
    pub metrics: Option<SocketAddr>,
    /// The certificate chain (PEM), to speak TLS without a proxy
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// The certificate's key (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// Proxies whose X-Forwarded-For is believed, such as 127.0.0.1 or 10.0.0.0/8
    #[arg(long, value_name = "NET", value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<String>>,
    /// Web pages that may connect; native clients send no Origin
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origins: Option<Vec<String>>,
    /// STUN servers for pairs, such as stun:stun.example.org:3478
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    pub stun: Option<Vec<String>>,
    /// TURN servers for pairs, such as turn:turn.example.org:3478?transport=udp
    #[arg(long, value_name = "URL", value_delimiter = ',')]
    pub turn: Option<Vec<String>>,
    /// A file with coturn's static-auth-secret
    #[arg(long, value_name = "FILE")]
    pub turn_secret_file: Option<PathBuf>,
    /// A Redis that several instances share their rooms over, such as redis://127.0.0.1/
    #[arg(long, value_name = "URL")]
    pub redis: Option<String>,
    /// The limits.
    #[command(flatten)]
    #[serde(skip)]
    pub limits: LimitSettings,
}

/// Why the settings can't be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file can't be read.
    #[error("cannot read {path}: {source}")]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The file is not what it should be.
    #[error("{path} is not a settings file: {reason}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Where and what.
        reason: String,
    },
    /// An environment variable is not what it should be.
    #[error("the environment variables {ENVIRONMENT}… do not make settings: {0}")]
    Environment(String),
    /// A proxy is not a network.
    #[error(transparent)]
    Proxy(#[from] NotANetwork),
    /// TURN needs a secret to make credentials with, and TLS both its files.
    #[error("{0} needs {1} as well")]
    Needs(&'static str, &'static str),
    /// Clients read no longer list.
    #[error("at most {MAX_ICE_SERVERS} STUN and TURN servers, of {MAX_ICE_TEXT} bytes each")]
    TooManyServers,
    /// A frame can't be larger than the format allows.
    #[error("frame-bytes is at most {}, which is what the message format allows", nyx_wire::signal::MAX_PAYLOAD)]
    FrameTooLarge,
}

/// The settings, complete and checked.
pub(super) struct Resolved {
    pub(super) listen: SocketAddr,
    pub(super) metrics_listen: Option<SocketAddr>,
    pub(super) tls: Option<(PathBuf, PathBuf)>,
    pub(super) redis: Option<String>,
    pub(super) options: Options,
}

impl Cli {
    /// Joins flags, environment and file.
    pub fn settings(self) -> Result<Settings, SettingsError> {
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            let key = name.to_str()?.strip_prefix(ENVIRONMENT)?.to_ascii_lowercase();
            Some((key, value.into_string().ok()?))
        });
        let (config, environment) = Settings::from_environment(variables)?;
        let file = match self.config.or(config) {
            Some(path) => Settings::from_file(&path)?,
            None => Settings::default(),
        };
        Ok(self.settings.or(environment).or(file))
    }
}

impl Settings {
    fn from_file(path: &Path) -> Result<Self, SettingsError> {
        let text = read(path)?;
        let refused = |reason: String| SettingsError::File { path: path.to_owned(), reason };
        let table: toml::Table = toml::from_str(&text).map_err(|error| refused(error.to_string()))?;
        Self::from_table(table).map_err(refused)
    }

    /// The settings, and the file that `NYX_SIGNAL_CONFIG` names.
    fn from_environment(
        variables: impl Iterator<Item = (String, String)>,
    ) -> Result<(Option<PathBuf>, Self), SettingsError> {
        let mut table = toml::Table::new();
        let mut config = None;
        for (key, value) in variables {
            match key.as_str() {
                "config" => config = Some(PathBuf::from(&value)),
                // Kubernetes names a service's addresses so, whatever the service makes of it.
                key if key.starts_with("service_") || key.starts_with("port") => {}
                // Read before anything else, so that reading the settings can be logged.
                "log" => {}
                _ => {
                    table.insert(key.clone(), Self::value(&key, &value));
                }
            }
        }
        Ok((config, Self::from_table(table).map_err(SettingsError::Environment)?))
    }

    fn value(key: &str, text: &str) -> toml::Value {
        match text.parse() {
            Ok(number) => toml::Value::Integer(number),
            Err(_) if LISTS.contains(&key) => {
                toml::Value::Array(text.split(',').map(|part| toml::Value::String(part.trim().to_owned())).collect())
            }
            Err(_) => toml::Value::String(text.to_owned()),
        }
    }

    fn from_table(table: toml::Table) -> Result<Self, String> {
        // As flags have it (`alone-secs`) or as the code has it (`alone_secs`): both are read.
        let table = table.into_iter().map(|(key, value)| (key.replace('-', "_"), value));
        // Two structures, for serde's `flatten` would let misspelt names pass.
        let (limits, rest): (toml::Table, toml::Table) =
            table.partition(|(key, _)| LimitSettings::NAMES.contains(&key.as_str()));
        let said = |error: toml::de::Error| error.message().to_owned();
        let limits = toml::Value::Table(limits).try_into().map_err(said)?;
        let settings: Self = toml::Value::Table(rest).try_into().map_err(said)?;
        Ok(Self { limits, ..settings })
    }

    /// What is set here wins over `other`.
    fn or(self, other: Self) -> Self {
        Self {
            listen: self.listen.or(other.listen),
            metrics: self.metrics.or(other.metrics),
            tls_cert: self.tls_cert.or(other.tls_cert),
            tls_key: self.tls_key.or(other.tls_key),
            trusted_proxies: self.trusted_proxies.or(other.trusted_proxies),
            allowed_origins: self.allowed_origins.or(other.allowed_origins),
            stun: self.stun.or(other.stun),
            turn: self.turn.or(other.turn),
            turn_secret_file: self.turn_secret_file.or(other.turn_secret_file),
            redis: self.redis.or(other.redis),
            limits: self.limits.or(other.limits),
        }
    }

    pub(super) fn resolve(self) -> Result<Resolved, SettingsError> {
        let limits = self.limits.resolve();
        if limits.frame_bytes > nyx_wire::signal::MAX_PAYLOAD {
            return Err(SettingsError::FrameTooLarge);
        }
        let (stun, turn) = (self.stun.unwrap_or_default(), self.turn.unwrap_or_default());
        if stun.len() + turn.len() > MAX_ICE_SERVERS || stun.iter().chain(&turn).any(|url| url.len() > MAX_ICE_TEXT) {
            return Err(SettingsError::TooManyServers);
        }
        let turn_secret = match self.turn_secret_file {
            Some(path) => Some(TurnSecret::new(read(&path)?.trim().to_owned())),
            None if turn.is_empty() => None,
            None => return Err(SettingsError::Needs("turn", "turn-secret-file")),
        };
        let tls = match (self.tls_cert, self.tls_key) {
            (Some(certificate), Some(key)) => Some((certificate, key)),
            (None, None) => None,
            (Some(_), None) => return Err(SettingsError::Needs("tls-cert", "tls-key")),
            (None, Some(_)) => return Err(SettingsError::Needs("tls-key", "tls-cert")),
        };
        let proxies = self.trusted_proxies.unwrap_or_default();
        Ok(Resolved {
            listen: self.listen.unwrap_or(DEFAULT_LISTEN),
            metrics_listen: self.metrics,
            tls,
            redis: self.redis,
            options: Options {
                limits,
                ice: IceServers { stun, turn, turn_secret },
                allowed_origins: self.allowed_origins.unwrap_or_default(),
                proxies: TrustedProxies(proxies.iter().map(|text| text.parse::<Network>()).collect::<Result<_, _>>()?),
                metrics: Metrics::default(),
                private: None,
            },
        })
    }
}

fn read(path: &Path) -> Result<String, SettingsError> {
    std::fs::read_to_string(path).map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })
}

/// The settings that are lists: in the environment their parts are separated by commas.
const LISTS: [&str; 4] = ["trusted_proxies", "allowed_origins", "stun", "turn"];

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn environment(pairs: &[(&str, &str)]) -> Settings {
        let pairs = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Settings::from_environment(pairs).unwrap().1
    }

    #[test]
    fn flags_win_over_the_environment_and_that_over_the_file() {
        let flags = Cli::parse_from(["nyx-signal", "--listen", "127.0.0.1:1", "--rooms", "7"]).settings;
        let environment =
            environment(&[("listen", "127.0.0.1:2"), ("alone_secs", "9"), ("stun", "stun:a:1, stun:b:2")]);
        let file =
            Settings::from_table(toml::from_str("listen = '127.0.0.1:3'\nalone-secs = 11\nping_secs = 3").unwrap())
                .unwrap();
        let resolved = flags.or(environment).or(file).resolve().unwrap();
        assert_eq!(resolved.listen.port(), 1);
        let limits = &resolved.options.limits;
        assert_eq!((limits.rooms, limits.alone_secs, limits.ping_secs), (7, 9, 3));
        assert_eq!(limits.room_secs, crate::Limits::default().room_secs);
        assert_eq!(resolved.options.ice.stun, ["stun:a:1", "stun:b:2"]);
    }

    #[test]
    fn a_misspelt_setting_is_refused() {
        assert!(Settings::from_table(toml::from_str("alone_sec = 11").unwrap()).is_err());
        assert!(Settings::from_environment([("alone_sec".to_owned(), "11".to_owned())].into_iter()).is_err());
        assert!(Cli::try_parse_from(["nyx-signal", "--alone-sec", "11"]).is_err());
    }

    #[test]
    fn a_relay_without_a_secret_is_refused() {
        let settings = Settings { turn: Some(vec!["turn:a:1".to_owned()]), ..Settings::default() };
        assert!(matches!(settings.resolve(), Err(SettingsError::Needs("turn", _))));
    }
}
