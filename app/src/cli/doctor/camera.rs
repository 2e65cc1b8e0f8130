//! A camera, without a window: whether it gives pictures, and the code that is held before it.

use crate::{
    cli::{ended::Ended, interrupt::Interrupt, say::Say},
    text::Texts,
};
use nyx_media::{
    scanner::{Scanner, Sight},
    source::{
        SourceError,
        camera::{CameraName, cameras},
    },
};
use nyx_p2p::CarriedCode;
use serde_json::json;
use std::sync::Arc;
use tokio::{sync::Notify, task::spawn_blocking};
use zeroize::Zeroizing;

/// Why no camera could be looked through.
#[derive(Debug)]
pub(crate) enum CameraTrouble {
    /// It gives no pictures.
    Source(SourceError),
    /// There is none of this name; there are these.
    Unknown { wanted: String, there: Vec<String> },
}

/// Reads the code that is held before a camera: the one of this name, or the first.
pub(super) async fn code(
    say: &mut Say,
    mut interrupt: Interrupt,
    wanted: Option<String>,
) -> Result<Zeroizing<String>, Ended> {
    let camera = chosen(wanted).await?;
    say.event("camera", json!({ "name": camera.name }))?;
    say.remark(&say.texts.with("camera-looking", &[("name", camera.name.as_str().into())]));
    let (scanner, woken) = watched(|wake| Scanner::camera(Some(camera), wake));
    let foreign = say.texts.get("scan-foreign");
    tokio::select! {
        code = first(&scanner, &woken, || say.remark(&foreign)) => {
            code.map_err(|why| Ended::Camera(CameraTrouble::Source(why)))
        }
        () = interrupt.heard() => Err(Ended::Interrupted),
    }
}

/// Whether the first camera gives pictures.
pub(super) async fn works() -> Result<(), SourceError> {
    let (scanner, woken) = watched(|wake| Scanner::camera(None, wake));
    loop {
        if let Some(Sight::Failed(why)) = scanner.poll() {
            return Err(why);
        }
        if scanner.preview().is_some() {
            return Ok(());
        }
        woken.notified().await;
    }
}

/// What was found of the camera, in a sentence.
pub(crate) fn camera_in_words(why: Option<SourceError>, texts: &Texts) -> String {
    texts.get(match why {
        None => "doctor-camera",
        Some(SourceError::NoCamera) => "doctor-camera-none",
        Some(SourceError::Busy) => "doctor-camera-busy",
        Some(SourceError::Denied) => "doctor-camera-denied",
        Some(SourceError::Silent | SourceError::Gone) => "doctor-camera-silent",
        Some(SourceError::Unusable | SourceError::File(_)) => "doctor-camera-unusable",
    })
}

async fn chosen(wanted: Option<String>) -> Result<CameraName, Ended> {
    // A driver may hang; then somebody interrupts, and the thread goes with the program.
    let there = spawn_blocking(cameras).await.unwrap_or_default();
    let Some(wanted) = wanted else {
        return there.into_iter().next().ok_or(Ended::Camera(CameraTrouble::Source(SourceError::NoCamera)));
    };
    let names: Vec<String> = there.iter().map(|camera| camera.name.clone()).collect();
    match there.into_iter().find(|camera| camera.name == wanted) {
        Some(camera) => Ok(camera),
        None if names.is_empty() => Err(Ended::Camera(CameraTrouble::Source(SourceError::NoCamera))),
        None => Err(Ended::Camera(CameraTrouble::Unknown { wanted, there: names })),
    }
}

/// A scanner, and what tells that it has something new.
fn watched(open: impl FnOnce(Box<dyn Fn() + Send + Sync>) -> Scanner) -> (Scanner, Arc<Notify>) {
    let woken = Arc::new(Notify::new());
    let wake = Arc::clone(&woken);
    (open(Box::new(move || wake.notify_one())), woken)
}

/// The first code of ours that is seen; `on_foreign` hears of each that is none.
async fn first(
    scanner: &Scanner,
    woken: &Notify,
    mut on_foreign: impl FnMut(),
) -> Result<Zeroizing<String>, SourceError> {
    loop {
        while let Some(sight) = scanner.poll() {
            match sight {
                Sight::Found(text) if CarriedCode::new(&text).kind().is_ok() => return Ok(text),
                Sight::Found(_) => on_foreign(),
                // A person who waits for nothing hears it; a window goes on trying, which is seen there.
                Sight::Failed(why) => return Err(why),
                // No camera ends by itself; one that does sends nothing any more.
                Sight::Nothing => return Err(SourceError::Gone),
            }
        }
        woken.notified().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nyx_media::{code::Code, source::synthetic::Synthetic};
    use std::time::Duration;

    fn showing(text: &str) -> (Scanner, Arc<Notify>) {
        let code = Code::new(text).unwrap();
        watched(|wake| {
            let open = move || Ok(Synthetic::new(Some(code.clone()), Duration::from_millis(5)).ending_after(3));
            Scanner::start(open, wake)
        })
    }

    #[tokio::test]
    async fn a_code_of_ours_is_taken_and_any_other_passed_over() {
        let (scanner, woken) = showing("7-ZOO-ZOO-ZOO-ZOO");
        let seen = first(&scanner, &woken, || panic!("it is ours")).await.unwrap();
        assert_eq!(seen.as_str(), "7-ZOO-ZOO-ZOO-ZOO");
        let (scanner, woken) = showing("HTTPS://EXAMPLE.ORG");
        let told = Notify::new();
        tokio::select! {
            ended = first(&scanner, &woken, || told.notify_one()) => panic!("{ended:?}"),
            () = told.notified() => {}
        }
    }

    #[tokio::test]
    async fn a_camera_that_fails_is_said_at_once() {
        let (scanner, woken) = watched(|wake| Scanner::start(|| Err::<Synthetic, _>(SourceError::Busy), wake));
        assert_eq!(first(&scanner, &woken, || {}).await, Err(SourceError::Busy));
    }
}
