package io.mqttsentinel.edge;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import io.micronaut.core.convert.format.MapFormat;
import io.mqttsentinel.runtime.ConfigCheck;
import java.net.URI;
import java.time.Duration;
import java.util.Map;

/**
 * A service that is asked over HTTP who may connect. URL, headers and body may hold {@code
 * {clientid}}, {@code {username}}, {@code {password}}, {@code {peerhost}}, {@code
 * {cert_common_name}} and {@code {cert_subject}}, each escaped for its place.
 *
 * @param url {@code https} or {@code http}; placeholders in path and query only. Without it nobody
 *     is asked
 * @param topicUrl asked by POST of JSON about single topics of clients whose answer had no {@code
 *     acl}, beside their own tree: clientid, username, peerhost, action (publish, subscribe),
 *     topic, qos, retain. 204 or a result of {@code allow} allows, 5xx is a failure, all else
 *     denies. Without it only their own tree is allowed
 * @param dialect what is sent and how the answer is read: {@code emqx}, {@code vernemq} (its
 *     webhook auth_on_register) or {@code status} (2xx allows, 401 and 403 deny)
 * @param method {@code post} or {@code get}
 * @param contentType of a POST: {@code application/json} or {@code
 *     application/x-www-form-urlencoded}
 * @param headers sent with each request
 * @param body fields of a POST; without any clientid, username and password
 * @param authorities PEM file with those who may sign the service's certificate; else those of the
 *     JDK
 * @param connectTimeout limit of one attempt to connect to the service
 * @param timeLimit of a whole decision, queues included
 * @param maxConcurrent requests under way at the same time
 * @param maxPending that may wait; more are refused at once
 * @param maxResponseBytes of an answer; a longer one is a failure
 */
@ConfigurationProperties("sentinel.edge.http")
record HttpAuthConfig(
    @Nullable String url,
    @Nullable String topicUrl,
    @Bindable(defaultValue = "emqx") String dialect,
    @Bindable(defaultValue = "post") String method,
    @Bindable(defaultValue = "application/json") String contentType,
    @MapFormat(transformation = MapFormat.MapTransformation.FLAT) @Bindable(defaultValue = "")
        Map<String, String> headers,
    @MapFormat(transformation = MapFormat.MapTransformation.FLAT) @Bindable(defaultValue = "")
        Map<String, String> body,
    @Nullable String authorities,
    @Bindable(defaultValue = "1s") Duration connectTimeout,
    @Bindable(defaultValue = "3s") Duration timeLimit,
    @Bindable(defaultValue = "200") int maxConcurrent,
    @Bindable(defaultValue = "5000") int maxPending,
    @Bindable(defaultValue = "65536") int maxResponseBytes) {

  static final String JSON = "application/json";
  static final String FORM = "application/x-www-form-urlencoded";

  private static final Map<String, String> USUAL_BODY =
      Map.of("clientid", "{clientid}", "username", "{username}", "password", "{password}");

  HttpAuthConfig {
    ConfigCheck.require(
        url == null || isUsable(url),
        "sentinel.edge.http.url",
        url,
        "http:// or https://, a host, and placeholders in path and query only");
    ConfigCheck.require(
        topicUrl == null || isUsable(topicUrl),
        "sentinel.edge.http.topic-url",
        topicUrl,
        "http:// or https://, a host, and placeholders in path and query only");
    ConfigCheck.require(
        dialect.equals("emqx") || dialect.equals("vernemq") || dialect.equals("status"),
        "sentinel.edge.http.dialect",
        dialect,
        "one of emqx, vernemq, status");
    ConfigCheck.require(
        method.equals("post") || method.equals("get"),
        "sentinel.edge.http.method",
        method,
        "post or get");
    ConfigCheck.require(
        contentType.equals(JSON) || contentType.equals(FORM),
        "sentinel.edge.http.content-type",
        contentType,
        JSON + " or " + FORM);
    ConfigCheck.positive("sentinel.edge.http.connect-timeout", connectTimeout);
    ConfigCheck.positive("sentinel.edge.http.time-limit", timeLimit);
    ConfigCheck.atLeast("sentinel.edge.http.max-concurrent", maxConcurrent, 1);
    ConfigCheck.atLeast("sentinel.edge.http.max-pending", maxPending, 0);
    ConfigCheck.atLeast("sentinel.edge.http.max-response-bytes", maxResponseBytes, 1024);
    headers = headers == null ? Map.of() : Map.copyOf(headers);
    body = body == null || body.isEmpty() ? USUAL_BODY : Map.copyOf(body);
  }

  /** What comes before the path, where nothing may be filled in. */
  static String origin(String url) {
    int path = url.indexOf('/', url.indexOf("//") + 2);
    int query = url.indexOf('?');
    int end = path < 0 ? query : path;
    return end < 0 ? url : url.substring(0, end);
  }

  private static boolean isUsable(String url) {
    try {
      URI origin = URI.create(origin(url));
      boolean http = "http".equals(origin.getScheme()) || "https".equals(origin.getScheme());
      return http && origin.getHost() != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Override
  public String toString() {
    return "HttpAuthConfig[url=%s, dialect=%s]".formatted(url, dialect); // headers hold secrets
  }
}
