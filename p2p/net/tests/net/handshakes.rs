//! Links that come about although much is lost on the way.

use crate::ends::{Post, anywhere, run, up};
use nyx_net::link::{Link, Options};
use nyx_testkit::{
    hosts::{Conditions, Pair, possible},
    seed::Seeded,
    soak,
};
use std::time::{Duration, Instant};

#[test]
fn links_come_about_where_one_packet_in_twenty_is_lost() {
    const NAME: &str = "links_come_about_where_one_packet_in_twenty_is_lost";
    if !possible(NAME) {
        return;
    }
    let base = Seeded::from_environment(NAME).next_u64() >> 8;
    for seed in base..base + soak(6, 300) as u64 {
        let conditions = Conditions { lost: 500, ..Conditions::delayed(seed, Duration::from_millis(25)) };
        let (pair, began) = (Pair::path(conditions), Instant::now());
        let end = async |link: Link, mut post: Post| {
            up(&link).await;
            // Neither goes while the other one waits.
            post.send(b"up");
            post.receive().await;
        };
        run(
            &pair.left,
            &pair.right,
            async |mut post: Post| end(post.offer(Options::new(anywhere())).await, post).await,
            async |mut post: Post| end(post.answer(Options::new(anywhere())).await, post).await,
        );
        println!("seed {seed}: {:?}", began.elapsed());
    }
}
