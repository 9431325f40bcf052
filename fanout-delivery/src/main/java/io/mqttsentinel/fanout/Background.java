package io.mqttsentinel.fanout;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.apache.kafka.streams.processor.Cancellable;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.ProcessorContext;

/** Work in small steps between the records, for as long as there is some. */
final class Background {

  private final ProcessorContext<?, ?> context;
  private final Duration pause;
  private final BooleanSupplier step;
  private Cancellable timer;

  /**
   * Does nothing before it is woken.
   *
   * @param step does a little and says whether there is more
   */
  Background(ProcessorContext<?, ?> context, Duration pause, BooleanSupplier step) {
    this.context = context;
    this.pause = pause;
    this.step = step;
  }

  void wake() {
    if (timer == null) {
      timer = context.schedule(pause, PunctuationType.WALL_CLOCK_TIME, now -> step());
    }
  }

  private void step() {
    if (!step.getAsBoolean()) {
      timer.cancel();
      timer = null;
    }
  }
}
