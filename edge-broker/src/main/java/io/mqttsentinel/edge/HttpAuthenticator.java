package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Deny;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/**
 * Asks a service over HTTP. Whatever the service does, a decision or a failure comes within the
 * time limit, and what it holds back then is let go: the request is cancelled, its connection
 * closed, its place given to the next.
 */
final class HttpAuthenticator implements Authenticator, TopicBackend, AutoCloseable {

  private static final Refusal NO_TEXT =
      new Refusal(ReasonCode.BAD_CREDENTIALS, "password_not_text");
  private static final Refusal UNSENDABLE =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "name_not_usable_in_request");
  private static final int THREADS = 2;

  private final HttpAuthConfig config;
  private final HttpAuthRequests requests;
  private final HttpDialect dialect;
  private final BoundedCalls calls;
  private final ExecutorService threads;
  private final HttpClient client;

  HttpAuthenticator(HttpAuthConfig config, SSLContext tls) {
    this.config = config;
    this.requests = new HttpAuthRequests(config);
    this.dialect = HttpDialect.of(config.dialect());
    this.calls = new BoundedCalls(config.maxConcurrent(), config.maxPending());
    this.threads =
        Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("edge-auth-http-", 0).daemon().factory());
    boolean encrypted = "https".equals(URI.create(HttpAuthConfig.origin(config.url())).getScheme());
    this.client =
        HttpClient.newBuilder()
            // Not every server takes the upgrade from plain HTTP/1.1 for what it is.
            .version(encrypted ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(config.connectTimeout())
            .sslContext(tls)
            .executor(threads)
            .build();
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public CompletionStage<AuthDecision> authenticate(ConnectAttempt attempt) {
    if (attempt.password() != null && attempt.password().text().isEmpty()) {
      return CompletableFuture.completedStage(new Deny(NO_TEXT));
    }
    HttpRequest request;
    try {
      request = requests.of(attempt);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedStage(new Deny(UNSENDABLE));
    }
    return call(request, (status, body) -> read(status, body, attempt));
  }

  private AuthDecision read(int status, byte[] body, ConnectAttempt attempt) {
    try {
      return dialect.read(status, body, attempt);
    } catch (GrantJson.NameUnusable e) { // which says nothing of the service
      return new Deny(Refusal.NAME_UNUSABLE);
    }
  }

  @Override
  public boolean isAsked() {
    return config.topicUrl() != null;
  }

  @Override
  public CompletionStage<Boolean> isAllowed(ConnectAttempt client, TopicQuestion question) {
    HttpRequest request;
    try {
      request = requests.of(client, question);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedStage(false);
    }
    return call(request, HttpAuthenticator::isAllowed);
  }

  private static boolean isAllowed(int status, byte[] body) {
    if (status >= HttpDialect.SERVER_ERROR) {
      throw new IllegalStateException("HTTP status " + status);
    }
    return status == HttpDialect.NO_CONTENT
        || (status == HttpDialect.OK
            && EmqxDialect.parse(body).path("result").asText().equals("allow"));
  }

  /** Reads an answer; whatever it throws, it was none. */
  private interface Reader<T> {
    T read(int status, byte[] body);
  }

  private <T> CompletionStage<T> call(HttpRequest request, Reader<T> reader) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (!calls.submit(() -> send(request, reader, answer))) {
      throw new RejectedExecutionException("too many requests wait for the auth service");
    }
    return answer.orTimeout(config.timeLimit().toNanos(), TimeUnit.NANOSECONDS);
  }

  private <T> CompletableFuture<?> send(
      HttpRequest request, Reader<T> reader, CompletableFuture<T> answer) {
    if (answer.isDone()) {
      return answer; // nobody waits for it any more
    }
    CompletableFuture<HttpResponse<byte[]>> call;
    try {
      call =
          client.sendAsync(
              request,
              BodyHandlers.limiting(BodyHandlers.ofByteArray(), config.maxResponseBytes()));
    } catch (RuntimeException e) {
      answer.completeExceptionally(e);
      return answer;
    }
    var _ = answer.whenComplete((given, failure) -> call.cancel(true));
    return call.whenComplete((response, failure) -> answered(response, failure, reader, answer));
  }

  private static <T> void answered(
      HttpResponse<byte[]> response,
      Throwable failure,
      Reader<T> reader,
      CompletableFuture<T> answer) {
    if (failure != null) {
      answer.completeExceptionally(failure);
      return;
    }
    try {
      answer.complete(reader.read(response.statusCode(), response.body()));
    } catch (RuntimeException e) { // whatever it sent, it is no answer
      answer.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
