// Command ferretdb starts FerretDB on SQLite: arguments are the address and the data folder.
//
// FerretDB 1 answers an update in two steps, so concurrent updates get lost. A turnstile in front of it lets one
// request that writes through at a time; what a client sees is then atomic, as on the servers it stands in for.
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	opMsg       = 2013
	headerBytes = 16
	moreToCome  = 1 << 1
	largest     = 48_000_000
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	socket := filepath.Join(os.Args[2], "inner.sock")
	_ = os.Remove(socket)
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		SQLiteURL: "file:" + os.Args[2] + "/",
	})
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	go turnstile(listener, socket)
	if err := server.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

func turnstile(listener net.Listener, socket string) {
	var one sync.Mutex
	for {
		client, err := listener.Accept()
		if err != nil {
			return
		}
		go serve(client, socket, &one)
	}
}

// serve hands one client's requests on, each with its answer: those that may write while no other such is under way.
func serve(client net.Conn, socket string, one *sync.Mutex) {
	defer client.Close()
	server, err := net.Dial("unix", socket)
	if err != nil {
		return
	}
	defer server.Close()
	for {
		request, err := read(client)
		if err != nil {
			return
		}
		answer, err := alone(one, request, func() ([]byte, error) { return exchange(server, request) })
		if err != nil {
			return
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

func alone(one *sync.Mutex, request []byte, run func() ([]byte, error)) ([]byte, error) {
	if !onlyReads(request) {
		one.Lock()
		defer one.Unlock()
	}
	return run()
}

// onlyReads looks at the command: the first name in the document that follows header, flags and section kind.
func onlyReads(message []byte) bool {
	const name = headerBytes + 4 + 1 + 4 + 1
	if len(message) < name || binary.LittleEndian.Uint32(message[12:]) != opMsg {
		return false
	}
	command, _, _ := bytes.Cut(message[name:], []byte{0})
	switch string(command) {
	case "find", "getMore", "aggregate", "count", "listIndexes", "hello", "ping":
		return true
	}
	return false
}

func exchange(server net.Conn, request []byte) ([]byte, error) {
	if _, err := server.Write(request); err != nil {
		return nil, err
	}
	if unanswered(request) {
		return nil, nil
	}
	return read(server)
}

func unanswered(message []byte) bool {
	if binary.LittleEndian.Uint32(message[12:]) != opMsg || len(message) < headerBytes+4 {
		return false
	}
	return binary.LittleEndian.Uint32(message[headerBytes:])&moreToCome != 0
}

// read takes one whole message: its first four bytes are its length.
func read(from io.Reader) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(from, size[:]); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(size[:])
	if length < headerBytes || length > largest {
		return nil, io.ErrUnexpectedEOF
	}
	message := make([]byte, length)
	copy(message, size[:])
	_, err := io.ReadFull(from, message[4:])
	return message, err
}
