package io.mqttsentinel.benchmarks;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Sends one CONNECT, looks at the reason code of the answer, and goes: as little as can be, since
 * it shares processors with what it measures.
 */
// What cannot be written or closed comes to channelInactive or exceptionCaught.
@SuppressWarnings("FutureReturnValueIgnored")
final class LoginPeer extends ChannelInboundHandlerAdapter {

  private static final byte CONNACK = 0x20;
  private static final byte[] DISCONNECT = {(byte) 0xE0, 0};

  private final LoginAttempt attempt;
  private final long due;
  private final LoginTally tally;
  private final Runnable over;
  private ChannelHandlerContext context;
  private long connectSent;
  private int seen;
  private int lengthBytes = 1;
  private boolean done;

  /**
   * @param due when it was meant to connect, of {@link System#nanoTime()}
   * @param over called once, when the attempt has ended in one way or another
   */
  LoginPeer(LoginAttempt attempt, long due, LoginTally tally, Runnable over) {
    this.attempt = attempt;
    this.due = due;
    this.tally = tally;
    this.over = over;
  }

  boolean isDone() {
    return done;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    connectSent = System.nanoTime();
    ctx.writeAndFlush(Unpooled.wrappedBuffer(attempt.connect()), ctx.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      while (bytes.isReadable() && !done) {
        next(ctx, bytes.readByte());
      }
    } finally {
      ReferenceCountUtil.release(bytes);
    }
  }

  /** Fixed header, remaining length of one byte or more, flags, reason code (MQTT 5.0, 3.2). */
  private void next(ChannelHandlerContext ctx, byte value) {
    int place = seen++;
    if (place == 0 && value != CONNACK) {
      tally.turnedAway();
      end();
      ctx.close();
    } else if (place == lengthBytes && value < 0) {
      lengthBytes++;
    } else if (place == lengthBytes + 2) {
      answered(ctx, Byte.toUnsignedInt(value));
    }
  }

  private void answered(ChannelHandlerContext ctx, int reasonCode) {
    if (reasonCode == 0) {
      tally.accepted(due, connectSent, System.nanoTime());
      ctx.writeAndFlush(Unpooled.wrappedBuffer(DISCONNECT))
          .addListener(ChannelFutureListener.CLOSE);
    } else {
      tally.refused(reasonCode);
      ctx.close();
    }
    end();
  }

  /** The socket did not come about. */
  void failed() {
    if (!done) {
      tally.failed();
      end();
    }
  }

  /** It took too long. */
  void giveUp() {
    if (!done) {
      tally.unanswered();
      end();
      if (context != null) {
        context.close();
      }
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!done) {
      tally.turnedAway();
      end();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    ctx.close(); // a reset is told as an exception first
  }

  private void end() {
    done = true;
    over.run();
  }
}
