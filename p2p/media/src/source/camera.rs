//! A camera, by `nokhwa`. Its calls may hang as long as the driver does, and some of its code panics when a camera is
//! pulled out: all of it runs in the capture thread, which nobody waits for.

use super::{Frame, FrameSource, SourceError};
use nokhwa::{
    Camera as Device, NokhwaError,
    pixel_format::RgbFormat,
    utils::{
        ApiBackend, CameraFormat, CameraIndex, CameraInfo, FrameFormat, RequestedFormat, RequestedFormatType,
        Resolution,
    },
};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A camera that can be chosen.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CameraName {
    index: CameraIndex,
    /// As it calls itself; with a number if several do.
    pub name: String,
}

impl CameraName {
    /// The camera with this number of the system.
    #[must_use]
    pub fn numbered(number: u32, name: &str) -> Self {
        Self { index: CameraIndex::Index(number), name: name.to_owned() }
    }
}

/// The cameras that are connected now. Asks the devices, so it takes a while.
#[must_use]
pub fn cameras() -> Vec<CameraName> {
    let found = catch_unwind(|| nokhwa::query(ApiBackend::Auto)).map_err(|_| ()).and_then(|found| found.map_err(drop));
    let mut infos: Vec<CameraInfo> = found.unwrap_or_default().into_iter().filter(is_main).collect();
    infos.sort_by_key(|info| info.index().clone());
    infos.truncate(CAMERAS_MAX);
    let mut cameras: Vec<CameraName> = Vec::new();
    for info in infos {
        let name: String = info.human_name().chars().filter(|letter| !letter.is_control()).take(NAME_MAX).collect();
        let same = cameras
            .iter()
            .filter(|camera| camera.name == name || camera.name.starts_with(&format!("{name} (")))
            .count();
        let name = if same == 0 { name } else { format!("{name} ({})", same + 1) };
        cameras.push(CameraName { index: info.index().clone(), name });
    }
    cameras
}

/// On Linux a camera has a second device for what is not pictures.
fn is_main(info: &CameraInfo) -> bool {
    let Ok(index) = info.index().as_index() else { return true };
    let about = std::fs::read_to_string(format!("/sys/class/video4linux/video{index}/index"));
    about.map_or(true, |index| index.trim() == "0")
}

/// An open camera.
pub(crate) struct Camera {
    device: Option<Device>,
}

impl Camera {
    /// The wanted one, or the first if it is not there.
    pub(crate) fn open(wanted: Option<&CameraName>) -> Result<Self, SourceError> {
        let cameras = cameras();
        let found = cameras.iter().find(|camera| Some(*camera) == wanted).or(cameras.first());
        let index = &found.ok_or(SourceError::NoCamera)?.index;
        let mut failure = SourceError::Unusable;
        for format in formats() {
            // Owned outside of what may panic: dropping it while that unwinds could panic once more, which ends the process.
            let mut camera = match guarded(|| Device::new(index.clone(), format)) {
                Ok(device) => Self { device: Some(device) },
                Err(error @ (SourceError::Busy | SourceError::Denied | SourceError::Gone)) => return Err(error),
                Err(error) => {
                    failure = error;
                    continue;
                }
            };
            match camera.with(Device::open_stream) {
                Ok(()) => return Ok(camera),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn with<T>(&mut self, act: impl FnOnce(&mut Device) -> Result<T, NokhwaError>) -> Result<T, SourceError> {
        let device = self.device.as_mut().ok_or(SourceError::Gone)?;
        guarded(|| act(device))
    }
}

impl FrameSource for Camera {
    fn next_frame(&mut self) -> Result<Option<Frame>, SourceError> {
        let image = self.with(|device| device.frame()?.decode_image::<RgbFormat>())?;
        let (width, height) = (image.width() as usize, image.height() as usize);
        Frame::from_rgb(width, height, image.into_raw()).map(Some).ok_or(SourceError::Unusable)
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        let device = self.device.take();
        // Closing a camera that was pulled out panics in there.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(device)));
    }
}

fn guarded<T>(act: impl FnOnce() -> Result<T, NokhwaError>) -> Result<T, SourceError> {
    catch_unwind(AssertUnwindSafe(act)).map_err(|_| SourceError::Unusable)?.map_err(|error| reason(&error.to_string()))
}

/// The crate passes on only what the system said, as text; its number is the same in every language.
fn reason(said: &str) -> SourceError {
    let number = said.rsplit_once("os error ").and_then(|(_, rest)| {
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse::<i32>().ok()
    });
    match number {
        Some(1 | 13) => SourceError::Denied,
        Some(16) => SourceError::Busy,
        Some(2 | 6 | 19) => SourceError::Gone,
        Some(110) => SourceError::Silent,
        _ => SourceError::Unusable,
    }
}

/// From what reads best to whatever there is. The crate finds the nearest resolution, but no rate for it.
fn formats() -> impl Iterator<Item = RequestedFormat<'static>> {
    const SIZES: [(u32, u32); 3] = [(1_280, 720), (640, 480), (1_920, 1_080)];
    const KINDS: [FrameFormat; 3] = [FrameFormat::MJPEG, FrameFormat::YUYV, FrameFormat::NV12];
    let near = SIZES.into_iter().flat_map(|(width, height)| {
        KINDS.map(|kind| RequestedFormatType::Closest(CameraFormat::new(Resolution::new(width, height), kind, 30)))
    });
    near.chain([RequestedFormatType::None]).map(RequestedFormat::new::<RgbFormat>)
}

/// More than a person can tell apart in a list.
const CAMERAS_MAX: usize = 16;
/// A name comes from the device.
const NAME_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_of_the_system_has_its_own_code() {
        for (said, meant) in [
            ("Could not open device 0: V4L2 Error: Permission denied (os error 13)", SourceError::Denied),
            ("Could not open device stream: Gerät ausgelastet (os error 16)", SourceError::Busy),
            ("Could not capture frame: No such device (os error 19)", SourceError::Gone),
            ("Failed to Fufill", SourceError::Unusable),
            ("os error ", SourceError::Unusable),
        ] {
            assert_eq!(reason(said), meant, "{said}");
        }
    }

    #[test]
    fn a_machine_without_a_camera_says_so() {
        // Holds on machines with one too: they open it or say why not.
        if cameras().is_empty() {
            assert_eq!(Camera::open(None).err(), Some(SourceError::NoCamera));
        }
    }
}
