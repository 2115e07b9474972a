" Vim syntax file for nnscript (*.nn). Put it into ~/.vim/syntax, and into ~/.vim/filetype.vim:
"   au BufRead,BufNewFile *.nn setfiletype nnscript
if exists("b:current_syntax")
  finish
endif
syn keyword nnsReserved let if then else for in while def return break continue and or not true false none
syn keyword nnsCommand data augment input layer residual branch ensemble model use loss optimizer metric train evaluate predict show plot report save load reset seed print assert sweep lrfind compare diagnose explain gradcheck time param state include undo history timer help quit
syn keyword nnsKind accuracy activation adadelta adagrad adam adamw auc avgpool batchnorm binary_crossentropy classes confusion conv conv_transpose crossentropy dense depthwise dropout elu exact f1 flatten formula gd gelu globalpool glorot gradients hard_sigmoid he hinge huber image kl layernorm leaky_relu lecun linear lion log_loss mae maxpool mish mistakes mse nadam normal periodic poisson precision r2 recall relu reshape rmse rmsprop rprop selu sgd sigmoid silu softmax softplus softsign tanh top10 top2 top3 top5 uniform upsample variables weights zeros
syn keyword nnsFunction abs acos all any append argmax argmin asin atan atan2 ceil choice clip close concat contains cos cosh cosine count cumsum derivative ends_with erf exp exponential filter floor index_of join keys len list log log10 log2 lower map max mean median min number one_cycle onehot ones plateau pow product random range repeat replace reverse round shape shuffle sign sin sinh size sort split sqrt starts_with std step sum tan tensor text transpose trim unique upper values var warmup zip
syn match nnsNumber "\<\d[0-9_]*\(\.\d\+\)\?\([eE][+-]\?\d\+\)\?%\?"
syn match nnsOption "\<\h\w*\ze=[^=]"
syn region nnsText start=+"+ skip=+\\"+ end=+"+ oneline
syn region nnsText start=+'+ end=+'+ oneline
syn match nnsComment "#.*$"
hi def link nnsReserved Statement
hi def link nnsCommand Keyword
hi def link nnsKind Type
hi def link nnsFunction Function
hi def link nnsNumber Number
hi def link nnsOption Identifier
hi def link nnsText String
hi def link nnsComment Comment
setlocal commentstring=#\ %s
let b:current_syntax = "nnscript"
