//! Serving until told to stop, then letting what is under way finish.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tower::{Service, ServiceExt};

use crate::App;
use crate::gate::network;
use crate::router::router;
use crate::seats::Seats;
use crate::watch;

/// How long the head of a request may take, and an idle connection may stay: without it, whoever begins requests and
/// never ends them keeps every file this process may open.
const HEAD: Duration = Duration::from_secs(20);
/// Connections at once; further ones wait at the door. Well below what a process may open.
const CONNECTIONS: usize = 8_192;
/// What an accept that failed waits for before the next: most often files are short, and others end.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// Serves on a listener until `stop` resolves. Live streams are told to end; other requests finish.
pub async fn serve(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    serve_with(app, listener, stop, HEAD).await
}

/// The same; the head of a request may take as long as `head`.
pub async fn serve_with(
    app: Arc<App>,
    listener: TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
    head: Duration,
) -> std::io::Result<()> {
    let mut routes = router(Arc::clone(&app)).into_make_service_with_connect_info::<SocketAddr>();
    let seats = Arc::new(Semaphore::new(CONNECTIONS));
    let places: Arc<Seats> = Arc::default();
    let open = GracefulShutdown::new();
    let mut stop = std::pin::pin!(stop);
    loop {
        let (stream, from, seat) = tokio::select! {
            () = &mut stop => break,
            next = accepted(&listener, &seats) => match next {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(%error, "a connection can't be accepted");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            },
        };
        // A proxy of the city's own brings everybody's; any other network has its part.
        let peer = from.ip().to_canonical();
        let own = app.limits.rules().proxies.contains(&peer);
        let place = (!own).then(|| places.take(network(peer)));
        if matches!(place, Some(None)) {
            continue;
        }
        // Answers are small: waiting to fill a packet would only add delay.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        let service = match routes.call(from).await {
            Ok(service) => service.map_request(|request: Request<_>| request.map(axum::body::Body::new)),
            Err(never) => match never {},
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended");
            }
            drop((seat, place));
        });
    }
    drop(listener);
    app.close();
    open.shutdown().await;
    Ok(())
}

/// The next connection, once there is room for it.
async fn accepted(
    listener: &TcpListener,
    seats: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let seat = Arc::clone(seats).acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, from) = listener.accept().await?;
    Ok((stream, from, seat))
}

/// Serves what is for operators alone (numbers, and whether the server is well) until the task is ended.
pub async fn serve_operators(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    axum::serve(listener, watch::operators(&app)).await
}
