//! One thread that touches the disk for a move: what it is handed it does in order, and answers.

use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

/// The thread, and the way to it and back.
pub(super) struct Desk<Task, Answer> {
    tasks: Option<mpsc::Sender<Task>>,
    answers: mpsc::UnboundedReceiver<Answer>,
    thread: JoinHandle<()>,
}

impl<Task: Send + 'static, Answer: Send + 'static> Desk<Task, Answer> {
    /// Starts the thread. It ends when this is closed or dropped, after what it was handed.
    pub(super) fn open(mut work: impl FnMut(Task) -> Option<Answer> + Send + 'static) -> Self {
        let (tasks, mut handed) = mpsc::channel(TASKS);
        // Bounded by the tasks: each has one answer at most.
        let (answered, answers) = mpsc::unbounded_channel();
        let thread = spawn_blocking(move || {
            while let Some(task) = handed.blocking_recv() {
                if let Some(answer) = work(task)
                    && answered.send(answer).is_err()
                {
                    return;
                }
            }
        });
        Self { tasks: Some(tasks), answers, thread }
    }

    /// Hands something over; waits while the disk is behind.
    pub(super) async fn hand(&self, task: Task) {
        if let Some(tasks) = &self.tasks {
            // A thread that is gone answers nothing, which is heard.
            let _ = tasks.send(task).await;
        }
    }

    /// A way to hand over from another thread.
    pub(super) fn hatch(&self) -> Option<mpsc::Sender<Task>> {
        self.tasks.clone()
    }

    /// The next answer; `None`: the thread is gone. Nothing is lost by giving up waiting.
    pub(super) async fn answer(&mut self) -> Option<Answer> {
        self.answers.recv().await
    }

    /// Ends the thread, and returns when it has let go of what it held.
    pub(super) async fn close(&mut self) {
        self.tasks = None;
        self.answers.close();
        if let Err(panic) = (&mut self.thread).await {
            tracing::error!(%panic, "the thread that writes a move ended early");
        }
    }
}

/// 4 MiB of messages: enough for the disk to have something to do, little enough to be lost.
const TASKS: usize = 64;
