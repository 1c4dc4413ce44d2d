//! Several agents who want the same email at the same time.

use icws::client::Session;

use super::attributes::read;
use crate::queues::{List, of_user, of_workgroup, waiting};
use crate::server::Server;

#[tokio::test]
async fn of_those_who_want_an_email_exactly_one_gets_it() {
    let server = Server::demo().await;
    let mut agents: Vec<Session> = Vec::new();
    for name in ["anna", "ben", "carl", "anna", "ben", "carl"] {
        agents.push(server.log_in(name).await);
    }
    let names = ["Eic_State", "Eic_UserName"];
    let mut waits = List::watch(&agents[0], &[of_workgroup("Support")], &names).await;
    for round in 0..10 {
        let id = waiting(&agents[round % agents.len()]).await;
        let wanting: Vec<_> = agents
            .iter()
            .map(|agent| {
                let (agent, id) = (agent.clone(), id.clone());
                tokio::spawn(async move { (agent.user_id().to_owned(), agent.pick_up(&id).await) })
            })
            .collect();
        let mut got = Vec::new();
        for one in wanting {
            match one.await.expect("ran") {
                (user, Ok(())) => got.push(user),
                (_, Err(error)) => assert_eq!(
                    (error.status, error.id()),
                    (400, "error.request.interactions.alreadyPickedUp"),
                    "{error}"
                ),
            }
        }
        // Each agent asked twice, and has it whichever of his sessions was first.
        got.sort_unstable();
        assert_eq!(got.len(), 2, "{got:?}");
        assert_eq!(got[0], got[1], "one agent has it");
        let it = read(&agents[0], &id, &names).await;
        assert_eq!(
            (it["Eic_State"].as_str(), &it["Eic_UserName"]),
            ("C", &got[0])
        );
        waits.read().await;
        assert_eq!(waits.known[&id], it);
    }
    let mut sum = 0;
    for name in ["anna", "ben", "carl"] {
        let agent = agents.iter().find(|agent| agent.user_id() == name);
        let list = List::watch(agent.expect("logged in"), &[of_user(name)], &names).await;
        sum += list.known.len();
    }
    assert_eq!(sum, 10, "each is in one queue");
}
