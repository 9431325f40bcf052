package io.mqttsentinel.aggregator;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Error;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.sse.Event;
import io.mqttsentinel.runtime.PrintableText;
import java.util.List;
import org.reactivestreams.Publisher;

/** What analysts and their tools read: recent events, statistics, both live. */
@Controller("/api/v1")
final class ApiController {

  /** Points of the chart: five minutes. */
  private static final int POINTS = 300;

  private final EventAggregatorConfig config;
  private final RecentEvents events;
  private final VerdictWindow window;
  private final LiveStream stream;

  ApiController(
      EventAggregatorConfig config, RecentEvents events, VerdictWindow window, LiveStream stream) {
    this.config = config;
    this.events = events;
    this.window = window;
    this.stream = stream;
  }

  /** The most recent security events, newest first. */
  @Get("/events")
  List<EventSummary> events(
      @Nullable @QueryValue String limit,
      @Nullable @QueryValue String severity,
      @Nullable @QueryValue String text) {
    EventQuery query = EventQuery.parse(limit, severity, text, config.recentEvents());
    return events.newest(query.limit(), query).stream().map(EventSummary::of).toList();
  }

  /** One event with all that explains it; 404 once it is no longer among the recent ones. */
  @Get("/events/{id}")
  HttpResponse<?> event(String id) {
    return events
        .find(id)
        .<HttpResponse<?>>map(event -> HttpResponse.ok(EventDetail.of(event)))
        .orElseGet(
            () ->
                error(
                    HttpStatus.NOT_FOUND,
                    "no event '%s' among the %d most recent; older ones are in the topic"
                            .formatted(PrintableText.of(id, 80), config.recentEvents())
                        + " security.events"));
  }

  /** Verdicts, rates and latencies of all instances. */
  @Get("/stats")
  StatsView stats() {
    return window.view();
  }

  /** The last five minutes, second by second. */
  @Get("/stats/history")
  List<StatsView.Point> history() {
    return window.points(POINTS);
  }

  /** Server-sent events: {@code stats} each second, {@code events} when there are new ones. */
  @Get(value = "/stream", produces = MediaType.TEXT_EVENT_STREAM)
  HttpResponse<?> stream() {
    return stream
        .open()
        .<HttpResponse<?>>map(ApiController::live)
        .orElseGet(
            () ->
                error(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "%d clients listen already (sentinel.event-aggregator.stream-clients)"
                        .formatted(config.streamClients())));
  }

  @Error(exception = BadRequest.class)
  HttpResponse<ApiError> badRequest(HttpRequest<?> request, BadRequest failure) {
    return error(HttpStatus.BAD_REQUEST, failure.getMessage());
  }

  private static HttpResponse<?> live(Publisher<Event<String>> updates) {
    return HttpResponse.ok(updates).contentType(MediaType.TEXT_EVENT_STREAM_TYPE);
  }

  private static HttpResponse<ApiError> error(HttpStatus status, String message) {
    return HttpResponse.<ApiError>status(status)
        .contentType(MediaType.APPLICATION_JSON_TYPE)
        .body(new ApiError(status.getCode(), status.getReason(), message));
  }
}
