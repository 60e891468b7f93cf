"""All that touches the insides of uvicorn, and through it of websockets.

Theory of operation. uvicorn accepts connections on a socket that is bound already, and gives each to a
protocol of its own, which this package extends by inheritance:

    TimeoutHttp(H11Protocol)                  a request has a deadline, and so has a client that does not read
      | upgrade to a WebSocket
    TextWebSocket(TimeoutWebSocket(WebSocketsSansIOProtocol))
      | `take_texts` has registered a function         | nobody has
      v                                                v
    FrameSplitter: whole text frames go to that        uvicorn's own way: a queue that the application's
    function, in the event in which they came;         task reads
    every other byte goes on to websockets

What must hold: a byte goes either to the splitter or to websockets and to each whole frame only one of them
reacts, so websockets always stands between two frames and its own state (closing, pings, fragments) stays
true; reading is paused while a client does not take its answers; no timer is left when a connection is lost;
the server stops only once connections that are being made have come to it (`server`).

What may fail: these are no public interfaces. pyproject.toml therefore has upper bounds on both libraries,
and `library_check` looks before the start for every name that is overridden, called or read here. Whoever
raises a bound runs this package's tests and adds what is new to that table.
"""
